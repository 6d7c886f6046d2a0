using AiStack.Console.Dashboard;
using AiStack.Console.SignIn;
using Microsoft.AspNetCore.Components.Routing;

namespace AiStack.Console.Layout;

/// <summary>A page's place in the navigation, for those who may see it.</summary>
/// <param name="Path">The page; or an address elsewhere, that opens in a tab of its own.</param>
internal sealed record NavigationLink(
    string Title,
    string Path,
    string Icon,
    NavLinkMatch Match = NavLinkMatch.Prefix,
    string Role = Roles.Viewer,
    bool IsElsewhere = false);

/// <summary>Pages that belong together; the first ones need no title.</summary>
internal sealed record NavigationGroup(string? Title, IReadOnlyList<NavigationLink> Links)
{
    /// <summary>The role that sees the title: that of the first link, which is the lowest.</summary>
    public string Role => Links[0].Role;
}

/// <summary>The pages there are, in the order of the navigation. A page is listed when it works, not before.</summary>
internal static class Navigation
{
    /// <param name="dashboard">The tool that shows telemetry, where there is one, and who is led there.</param>
    public static IEnumerable<NavigationGroup> Groups(DashboardOptions dashboard)
    {
        yield return new(null,
        [
            new("Overview", "", "home", NavLinkMatch.All),
            new("Ask", "ask", "ask"),
            new("Files", "files", "files"),
        ]);
        if (dashboard.DashboardUrl is { Length: > 0 } url)
        {
            yield return new(
                "Watch", [new("Dashboard", url, "dashboard", Role: dashboard.DashboardRole, IsElsewhere: true)]);
        }

        yield return new("Manage",
        [
            new("Batches", "batches", "batch"),
            new("Models", "models", "model"),
            new("Prompts", "prompts", "prompt"),
            new("Usage", "usage", "usage"),
            new("Alerts", "alerts", "alert"),
            new("Conversations", "conversations", "conversation", Role: Roles.Admin),
            new("Budgets", "budgets", "budget", Role: Roles.Admin),
            new("Cache", "cache", "cache", Role: Roles.Admin),
            new("Guards", "guards", "guard", Role: Roles.Admin),
            new("Pseudonyms", "pseudonyms", "pseudonym", Role: Roles.Admin),
            new("Sources", "sources", "source", Role: Roles.Admin),
            new("Lineage", "lineage", "lineage", Role: Roles.Admin),
            new("Erasures", "erasures", "erase", Role: Roles.Admin),
            new("MCP servers", "mcp-servers", "tools", Role: Roles.Admin),
            new("Keys", "keys", "key", Role: Roles.Admin),
        ]);
    }
}
