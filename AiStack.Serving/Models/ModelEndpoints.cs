using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;

namespace AiStack.Serving.Models;

/// <summary>The models API, as OpenAI has it: what can be named as <c>model</c>.</summary>
internal static class ModelEndpoints
{
    public static void AddModels(this IHostApplicationBuilder builder) =>
        builder.Services.AddSingleton<ModelCatalog>();

    public static void MapModels(this IEndpointRouteBuilder app)
    {
        var models = app.MapGroup("/v1/models").WithTags("Models");
        models.MapGet("/", ListModels.Handle).RequireScope(Scopes.ModelsRead)
            .WithName("ListModels").WithSummary("Lists the models that can answer.");
        models.MapGet("/{id}", GetModel.Handle).RequireScope(Scopes.ModelsRead)
            .WithName("GetModel").WithSummary("Gets a model's description.");
        app.MapGet("/api/models", DescribeModels.Handle).RequireScope(Scopes.ModelsRead).WithTags("Models")
            .WithName("DescribeModels").WithSummary("Says who answers for each model, and what that costs.");
    }

    public static Fault NotFound(string id) =>
        new(FaultCode.ModelNotFound, $"There is no model '{id}'. GET /v1/models lists those there are.", "model");
}
