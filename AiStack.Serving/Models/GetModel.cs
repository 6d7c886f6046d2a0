using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Errors;
using AiStack.Serving.Engines;
using AiStack.Serving.Registry;

namespace AiStack.Serving.Models;

internal static class GetModel
{
    public static async Task<IResult> HandleAsync(
        string id, Caller caller, EngineCatalog engines, RouteCache routes, CancellationToken cancellationToken) =>
        (await ModelObject.AllAsync(caller, engines, routes, cancellationToken))
            .FirstOrDefault(model => model.Id == id) is { } model
                ? TypedResults.Ok(model)
                : EngineCatalog.NotFound(id).ToResult();
}
