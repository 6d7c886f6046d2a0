using AiStack.ServiceDefaults.Authentication;

namespace AiStack.Serving.Caches;

/// <summary>Answers that are kept and given again, by the project's policy (docs/decisions/0066).</summary>
internal static class CacheEndpoints
{
    public static void AddCaches(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<CachePolicies>();
        builder.Services.AddSingleton<AnswerCache>();
        builder.Services.AddSingleton<GetCache>();
        builder.Services.AddSingleton<SetCache>();
        builder.Services.AddHostedService<ForgetAnswers>();
    }

    public static void MapCaches(this IEndpointRouteBuilder app)
    {
        var cache = app.MapGroup("/api/cache").WithTags("Cache").RequireScope(Scopes.Admin);
        cache.MapGet("/", GetCache.HandleAsync).WithName("GetCache")
            .WithSummary("How long the project's answers are kept, how many are, and how often one was given again.");
        cache.MapPut("/", SetCache.HandleAsync).WithName("SetCache")
            .WithSummary("Sets how long answers are kept, for all requests from now on.");
        cache.MapDelete("/", EmptyCache.HandleAsync).WithName("EmptyCache")
            .WithSummary("Forgets the answers that are kept now.");
    }
}
