using AiStack.Evals.Answers;
using AiStack.Evals.Datasets;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Options;
using AiStack.ServiceDefaults.Work;
using Microsoft.Extensions.Options;

namespace AiStack.Evals.Runs;

/// <summary>The runs API: every item of a dataset asked of a model, and what came of it.</summary>
internal static class RunEndpoints
{
    /// <summary>How many questions one process asks at once: an eval must not crowd people out of Serving.</summary>
    private const int Workers = 4;

    public static void AddRuns(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<DatasetOptions>();
        builder.AddValidatedOptions<ServingOptions>();
        builder.Services.AddSingleton<IValidateOptions<ServingOptions>, ServingOptionsValidator>();
        builder.Services.AddSingleton<DatasetReader>();
        builder.Services.AddScoped<DatasetSource>();
        builder.Services.AddScoped<CreateRun>();
        builder.Services.AddScoped<GetRun>();
        builder.Services.AddScoped<CancelRun>();
        builder.Services.AddScoped<ItemStore>();
        builder.AddWorkHandler<RunItem, AnswerItem>(Workers);
        builder.Services.AddHttpClient<ServingClient>((services, http) =>
        {
            http.BaseAddress = new Uri("https+http://serving");
            http.Timeout = services.GetRequiredService<IOptions<ServingOptions>>().Value.AnswerTimeout;
            http.MaxResponseContentBufferSize = ServingClient.MaxResponseBytes;
        });
    }

    public static void MapRuns(this IEndpointRouteBuilder app)
    {
        var runs = app.MapGroup("/v1/evals/{evalId}/runs").WithTags("Eval runs");
        var read = runs.MapGroup("").RequireScope(Scopes.EvalsRead);
        var write = runs.MapGroup("").RequireScope(Scopes.EvalsWrite);

        write.MapPost("/", CreateRun.HandleAsync).WithName("CreateEvalRun").WithSummary("Queues a run of an eval.");
        read.MapGet("/", ListRuns.HandleAsync).WithName("ListEvalRuns").WithSummary("Lists an eval's runs.");
        read.MapGet("/{runId}", GetRun.HandleAsync).WithName("GetEvalRun").WithSummary("Gets a run, with its metrics.");
        write.MapPost("/{runId}", CancelRun.HandleAsync).WithName("CancelEvalRun").WithSummary("Cancels a run.");
        write.MapDelete("/{runId}", DeleteRun.HandleAsync).WithName("DeleteEvalRun").WithSummary("Deletes a run.");
    }
}
