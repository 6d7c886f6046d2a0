using AiStack.ServiceDefaults.Authentication;

namespace AiStack.Evals.Comparison;

/// <summary>What the OpenAI API has no word for: two runs, item by item.</summary>
internal static class ComparisonEndpoints
{
    public static void AddComparison(this IHostApplicationBuilder builder) => builder.Services.AddScoped<CompareRuns>();

    public static void MapComparison(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/evals/compare", CompareRuns.HandleAsync)
            .WithTags("Evals").WithName("CompareRuns").WithSummary("Compares two runs of the same dataset.")
            .RequireScope(Scopes.EvalsRead);
}
