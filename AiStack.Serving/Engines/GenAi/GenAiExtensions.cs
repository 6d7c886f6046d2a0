using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Serving.Engines.GenAi;

internal static class GenAiExtensions
{
    /// <summary>The engine that runs a model in this process, when a folder is configured.</summary>
    public static void AddGenAiEngine(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<GenAiOptions>()
            .Validate(
                options => options.MaxOutputTokens <= options.ContextTokens / 2,
                "Serving:GenAi:MaxOutputTokens must be at most half of Serving:GenAi:ContextTokens: "
                + "passages need room.");
        if (string.IsNullOrEmpty(builder.Configuration[$"{GenAiOptions.Section}:{nameof(GenAiOptions.Folder)}"]))
        {
            return;
        }

        OnnxReports.TurnOff(); // Before other threads read the environment.
        builder.Services.AddSingleton<GenAiEngine>();
        builder.Services.AddSingleton<IOptionalEngine>(services => services.GetRequiredService<GenAiEngine>());
        builder.Services.AddHostedService(services => services.GetRequiredService<GenAiEngine>());
    }
}
