using AiStack.ServiceDefaults.Authentication;

namespace AiStack.Evals.OutputItems;

/// <summary>
/// The output items API: what came of each item of a run that is done. The answers say what is in the stores that they
/// were made from, so they are for those who may search stores.
/// </summary>
internal static class OutputItemEndpoints
{
    public static void MapOutputItems(this IEndpointRouteBuilder app)
    {
        var items = app.MapGroup("/v1/evals/{evalId}/runs/{runId}/output_items")
            .WithTags("Eval output items").RequireScope(Scopes.EvalsRead).RequireScope(Scopes.VectorStoresRead);

        items.MapGet("/", ListOutputItems.HandleAsync)
            .WithName("ListOutputItems").WithSummary("Lists what came of a run's items.");
        items.MapGet("/{itemId}", GetOutputItem.HandleAsync)
            .WithName("GetOutputItem").WithSummary("Gets what came of an item.");
    }
}
