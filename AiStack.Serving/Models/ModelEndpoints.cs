using AiStack.ServiceDefaults.Authentication;

namespace AiStack.Serving.Models;

/// <summary>The models API, as OpenAI has it: what can be named as <c>model</c>.</summary>
internal static class ModelEndpoints
{
    public static void MapModels(this IEndpointRouteBuilder app)
    {
        var models = app.MapGroup("/v1/models").WithTags("Models");
        models.MapGet("/", ListModels.HandleAsync).RequireScope(Scopes.ModelsRead)
            .WithName("ListModels").WithSummary("Lists the models that can answer.");
        models.MapGet("/{id}", GetModel.HandleAsync).RequireScope(Scopes.ModelsRead)
            .WithName("GetModel").WithSummary("Gets a model's description.");
        app.MapGet("/api/models", DescribeModels.Handle).RequireScope(Scopes.ModelsRead).WithTags("Models")
            .WithName("DescribeModels").WithSummary("Says who answers for each model, and what that costs.");
    }
}
