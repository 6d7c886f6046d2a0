using AiStack.ServiceDefaults.Authentication;

namespace AiStack.Evals.Comparison;

/// <summary>Compares two runs item by item, which the OpenAI API does not have.</summary>
internal static class ComparisonEndpoints
{
    public static void AddComparison(this IHostApplicationBuilder builder) => builder.Services.AddScoped<CompareRuns>();

    public static void MapComparison(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/evals/compare", CompareRuns.HandleAsync)
            .WithTags("Evals").WithName("CompareRuns").WithSummary("Compares two runs of the same dataset.")
            .RequireScope(Scopes.EvalsRead);
}
