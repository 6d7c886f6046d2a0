using AiStack.ServiceDefaults.Authentication;

namespace AiStack.Serving.Usage;

/// <summary>Usage: what a project asked, how that went, and what it cost.</summary>
internal static class UsageEndpoints
{
    public static void MapUsage(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/usage", GetUsage.HandleAsync).RequireScope(Scopes.UsageRead).WithTags("Usage")
            .WithName("GetUsage").WithSummary("Counts a project's answers by time, model, key and store.");
}
