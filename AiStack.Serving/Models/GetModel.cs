using AiStack.ServiceDefaults.Errors;

namespace AiStack.Serving.Models;

internal static class GetModel
{
    public static IResult Handle(string id, ModelCatalog catalog) =>
        catalog.Models.FirstOrDefault(model => model.Id == id) is { } model
            ? TypedResults.Ok(model)
            : ModelEndpoints.NotFound(id).ToResult();
}
