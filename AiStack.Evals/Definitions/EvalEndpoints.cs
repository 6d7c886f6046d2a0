using AiStack.ServiceDefaults.Authentication;

namespace AiStack.Evals.Definitions;

/// <summary>The evals API: criteria for answers, defined once for many runs.</summary>
internal static class EvalEndpoints
{
    public static void AddEvals(this IHostApplicationBuilder builder)
    {
        builder.Services.AddScoped<CreateEval>();
        builder.Services.AddScoped<UpdateEval>();
    }

    public static void MapEvals(this IEndpointRouteBuilder app)
    {
        var evals = app.MapGroup("/v1/evals").WithTags("Evals");
        var read = evals.MapGroup("").RequireScope(Scopes.EvalsRead);
        var write = evals.MapGroup("").RequireScope(Scopes.EvalsWrite);

        write.MapPost("/", CreateEval.HandleAsync).WithName("CreateEval").WithSummary("Creates an eval.");
        read.MapGet("/", ListEvals.HandleAsync).WithName("ListEvals").WithSummary("Lists the project's evals.");
        read.MapGet("/{evalId}", GetEval.HandleAsync).WithName("GetEval").WithSummary("Gets an eval.");
        write.MapPost("/{evalId}", UpdateEval.HandleAsync).WithName("UpdateEval").WithSummary("Renames an eval.");
        write.MapDelete("/{evalId}", DeleteEval.HandleAsync)
            .WithName("DeleteEval").WithSummary("Deletes an eval and its runs.");
    }
}
