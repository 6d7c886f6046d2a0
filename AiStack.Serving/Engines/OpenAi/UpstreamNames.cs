using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace AiStack.Serving.Engines.OpenAi;

/// <summary>The servers of models that are configured, by the names of their engines.</summary>
internal static partial class UpstreamNames
{
    private const string Section = "Serving:Upstreams";

    /// <summary>Each name, with the section that configures it.</summary>
    /// <exception cref="OptionsValidationException">A name could not stand in a request, or is taken.</exception>
    public static IReadOnlyList<(string Name, string Section)> In(IConfiguration configuration)
    {
        var names = configuration.GetSection(Section).GetChildren().Select(each => each.Key).ToList();
        var wrong = names.Where(name => !Allowed().IsMatch(name) || EngineNames.Taken.Contains(name))
            .Select(name =>
                $"{Section}:{name} is no name for an engine: it must begin with a small letter, have at most 64 small "
                + $"letters, digits, '.', '_' and '-', and be none of {string.Join(", ", EngineNames.Taken)}.")
            .ToList();
        return wrong.Count > 0
            ? throw new OptionsValidationException(nameof(UpstreamNames), typeof(OpenAiOptions), wrong)
            : [(EngineNames.OpenAi, OpenAiOptions.Section), .. names.Select(name => (name, $"{Section}:{name}"))];
    }

    [GeneratedRegex("^[a-z][a-z0-9._-]{0,63}$")]
    private static partial Regex Allowed();
}
