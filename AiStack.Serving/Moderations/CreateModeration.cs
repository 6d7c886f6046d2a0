using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Errors;
using AiStack.Serving.Engines;
using Microsoft.Extensions.Options;

namespace AiStack.Serving.Moderations;

/// <summary>Classifies texts by the built-in patterns, or has the configured server do it.</summary>
internal sealed class CreateModeration(
    PatternClassifier classifier, UpstreamModeration upstream, IOptions<ServingOptions> options)
{
    /// <summary>What answers, whatever name it was asked by.</summary>
    public const string Model = "aistack-moderation-patterns-1";

    /// <summary>A category counts from this score on.</summary>
    private const double Threshold = 0.5;

    /// <summary>The names that OpenAI's clients ask for by themselves; there is one classifier.</summary>
    private static readonly string[] _names =
        [EngineCatalog.Default, Model, "omni-moderation-latest", "text-moderation-latest"];

    private static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> _textOnly =
        PatternClassifier.Categories.ToDictionary(category => category, IReadOnlyList<string> (_) => ["text"]);

    public static async Task<IResult> HandleAsync(
        ModerationRequest request,
        Caller caller,
        CreateModeration create,
        UpstreamModeration upstream,
        CancellationToken cancellationToken)
    {
        if (upstream.IsThere)
        {
            return (await create.AskAsync(request, caller, cancellationToken)).TryGet(out var said, out var wrong)
                ? TypedResults.Ok(said)
                : wrong.ToResult();
        }

        return create.Run(request).TryGet(out var moderation, out var fault)
            ? TypedResults.Ok(moderation)
            : fault.ToResult();
    }

    private async Task<Outcome<JsonElement>> AskAsync(
        ModerationRequest request, Caller caller, CancellationToken cancellationToken)
    {
        // 'default' and our own classifier's name mean nothing there.
        var model = request.Model is EngineCatalog.Default or Model ? null : request.Model;
        if (model is not null && caller.FindModelLack(model) is { } lack)
        {
            return lack;
        }

        return request.ReadRaw(options.Value.MaxInputCharacters).TryGet(out var input, out var fault)
            ? await upstream.AskAsync(input, model, cancellationToken)
            : fault;
    }

    private Outcome<ModerationObject> Run(ModerationRequest request)
    {
        if (request.Model is { } name && !_names.Contains(name, StringComparer.Ordinal))
        {
            return EngineCatalog.NotFound(name);
        }

        return request.Read(options.Value.MaxInputCharacters).TryGet(out var texts, out var fault)
            ? new ModerationObject(Id<Moderation>.New(), Model, [.. texts.Select(Classify)])
            : fault;
    }

    private ModerationObject.Result Classify(string text)
    {
        var scores = classifier.Score(text);
        var categories = scores.ToDictionary(score => score.Key, score => score.Value >= Threshold);
        return new(categories.ContainsValue(true), categories, scores, _textOnly);
    }
}
