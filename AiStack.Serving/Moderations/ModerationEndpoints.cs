using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Options;
using AiStack.Serving.Engines.OpenAi;

namespace AiStack.Serving.Moderations;

/// <summary>The moderations API, as OpenAI has it: whether a text is harmful, and of which kind.</summary>
internal static class ModerationEndpoints
{
    public static void AddModerations(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<ModerationOptions>()
            .Validate(
                options => options.Upstream is null or ""
                    || UpstreamNames.In(builder.Configuration).Any(upstream => upstream.Name == options.Upstream),
                "Serving:Moderation:Upstream must be 'openai' or a name of Serving:Upstreams.");
        builder.Services.AddSingleton<UpstreamModeration>();
        builder.Services.AddSingleton<PatternClassifier>();
        builder.Services.AddSingleton<CreateModeration>();
    }

    public static void MapModerations(this IEndpointRouteBuilder app) =>
        app.MapPost("/v1/moderations", CreateModeration.HandleAsync).RequireScope(Scopes.ChatWrite)
            .WithTags("Moderations").WithName("CreateModeration")
            .WithSummary("Says of texts whether they are harmful.");
}
