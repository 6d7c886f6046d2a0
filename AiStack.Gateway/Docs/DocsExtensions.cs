using AiStack.ServiceDefaults.OpenApi;
using Scalar.AspNetCore;

namespace AiStack.Gateway.Docs;

/// <summary>The whole API on one page, <c>/docs</c>, from each service's own description.</summary>
internal static class DocsExtensions
{
    private const string Own = "gateway";

    private static readonly (string Service, string Title)[] _parts =
    [
        ("serving", "Answers and models"),
        ("retrieval", "Vector stores and search"),
        ("ingest", "Files"),
        ("evals", "Evals, feedback and alerts"),
        (Own, "Keys and projects"),
    ];

    public static void AddDocs(this IHostApplicationBuilder builder)
    {
        builder.AddOpenApiDefaults("AiStack: keys and projects");
        builder.Services.AddHttpClient<ServiceDocuments>();
    }

    public static void MapDocs(this WebApplication app)
    {
        app.MapOpenApiDefaults();
        app.MapGet("/openapi/{service}.json", ServiceDocuments.HandleAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapScalarApiReference("/docs", page =>
        {
            page.WithTitle("AiStack API").ExpandAllTags();
            // Nothing that asks, tells or leads to a third party's service.
            page.DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp();
            page.HideDeveloperTools().HideClientButton();
            page.AddPreferredSecuritySchemes("key");
            foreach (var (service, title) in _parts)
            {
                page.AddDocument(service, title, service == Own ? OpenApiDefaults.Path : $"/openapi/{service}.json");
            }
        }).AllowAnonymous();
    }

    public static bool IsPart(string service) => service != Own && _parts.Any(part => part.Service == service);
}
