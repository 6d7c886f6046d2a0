using AiStack.Console.Alerts;
using AiStack.Console.Ask;
using AiStack.Console.Batches;
using AiStack.Console.Budgets;
using AiStack.Console.Caches;
using AiStack.Console.Conversations;
using AiStack.Console.Documents;
using AiStack.Console.Erasures;
using AiStack.Console.Files;
using AiStack.Console.Guards;
using AiStack.Console.Keys;
using AiStack.Console.Lineage;
using AiStack.Console.McpServers;
using AiStack.Console.Models;
using AiStack.Console.Overview;
using AiStack.Console.Prompts;
using AiStack.Console.Pseudonyms;
using AiStack.Console.Sources;
using AiStack.Console.Start;
using AiStack.Console.Stores;
using AiStack.Console.Usage;

namespace AiStack.Console;

/// <summary>
/// The pages, in the order of the navigation: what each needs, and the addresses of its own that it has.
/// </summary>
internal static class Pages
{
    public static void AddPages(this IHostApplicationBuilder builder)
    {
        builder.AddOverview();
        builder.AddStart();
        builder.AddAsk();
        builder.AddFiles();
        builder.AddDocuments();
        builder.AddStores();

        builder.AddBatches();
        builder.AddModels();
        builder.AddPrompts();
        builder.AddUsage();
        builder.AddAlerts();
        builder.AddBudgets();
        builder.AddCache();
        builder.AddGuards();
        builder.AddPseudonyms();
        builder.AddSources();
        builder.AddLineage();
        builder.AddErasures();
        builder.AddMcpServers();
        builder.AddConversations();
        builder.AddKeys();
    }

    public static void MapPages(this IEndpointRouteBuilder app)
    {
        app.MapFiles();
        app.MapDocuments();
        app.MapStores();
        app.MapBatches();
        app.MapErasures();
    }
}
