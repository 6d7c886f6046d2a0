using AiStack.AppHost.Run;
using Microsoft.Extensions.DependencyInjection;

namespace AiStack.AppHost.LanguageModels;

internal static class LanguageModelExtensions
{
    private const string Engine = "Serving:Engine";
    private const string Model = "Serving:OpenAi:Model";
    private const string Endpoint = "Serving:OpenAi:Endpoint";
    private const string Folder = "Serving:GenAi:Folder";

    /// <summary>
    /// Has a model of this machine answer, where one is found, unless the arguments or the settings say who does
    /// (docs/decisions/0047). Before Serving and Retrieval are added: they get this as settings.
    /// </summary>
    public static async Task AddLocalModelAsync(this IDistributedApplicationBuilder builder, LocalRun run)
    {
        if (builder.ExecutionContext.IsPublishMode)
        {
            return;
        }

        var settings = builder.Configuration;
        if (run.Arguments.Engine is { } engine)
        {
            settings[Engine] = engine;
        }

        string?[] chosen = [settings[Engine], settings[Model], settings[Endpoint], settings[Folder]];
        var found = Array.TrueForAll(chosen, string.IsNullOrEmpty)
            ? await LocalModelSearch.FindAsync(LocalServer.In(settings), run.Ports, CancellationToken.None)
            : null;
        foreach (var (key, value) in found?.Settings() ?? [])
        {
            settings[key] = string.IsNullOrEmpty(settings[key]) ? value : settings[key]; // A setting counts.
        }

        RewriterSettings.HandOn(settings);
        var isQuoting = settings[Engine] == HostArguments.Extractive;
        var named = settings[Folder] is { Length: > 0 } folder
            ? Path.GetFileName(Path.TrimEndingDirectorySeparator(folder))
            : settings[Model];
        builder.Services.AddSingleton(new WrittenAnswers(found, isQuoting ? null : named));
    }

    /// <summary>Tells the Console which keys the environment holds, by name.</summary>
    public static IResourceBuilder<T> WithKeysFound<T>(this IResourceBuilder<T> console)
        where T : IResourceWithEnvironment
    {
        var builder = console.ApplicationBuilder;
        if (builder.ExecutionContext.IsRunMode)
        {
            foreach (var (i, name) in EnvironmentKeys.In(builder.Configuration).Index())
            {
                console.WithEnvironment($"Console__ModelKeysFound__{i}", name);
            }
        }

        return console;
    }
}
