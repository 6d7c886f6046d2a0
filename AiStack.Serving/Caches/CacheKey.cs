using System.Security.Cryptography;
using System.Text.Json;
using AiStack.Contracts.Search;
using AiStack.Serving.Engines;
using AiStack.Serving.FileSearch;
using AiStack.Serving.Pipeline;
using AiStack.Serving.RemoteTools;
using Microsoft.Extensions.AI;

namespace AiStack.Serving.Caches;

/// <summary>What an answer follows from, besides what is in the stores.</summary>
internal static class CacheKey
{
    // Another build may find other passages, choose other words, or keep answers in another form.
    private static readonly string _build = typeof(CacheKey).Module.ModuleVersionId.ToString();

    // The messages' contents are Microsoft.Extensions.AI's own types.
    private static readonly JsonSerializerOptions _json = AIJsonUtilities.DefaultOptions;

    /// <summary>
    /// A SHA-256 of all of the request that may change its answer, and of the build that makes it; null where that is
    /// not only words: functions act each time, stored files are read each time, and probabilities are not kept.
    /// </summary>
    /// <param name="guards">The policy of the guards that looked at the answer; null where none did.</param>
    public static byte[]? Of(
        Engine engine, IReadOnlyList<ChatMessage> conversation, ChatOptions options, string? guards)
    {
        var settings = ModelSettings.In(options);
        if (ClientFunction.In(options).Any() || McpTool.In(options).Any() || settings.TopLogprobs is not null
            || !conversation.All(message => message.Contents.All(IsKeyed)))
        {
            return null;
        }

        var asked = new Asked(
            [_build, engine.Name, engine.Version, engine.Deployment, engine.PromptVersion, guards],
            [.. conversation.Select(message => new Said(
                message.Role.Value, MessagePhase.Of(message), message.Contents))],
            options.Instructions,
            FileSearchTool.In(options)?.Ask("", withSections: false),
            FileSearchTool.In(options)?.Caller.PrincipalNames(),
            [
                options.Temperature, options.TopP, options.FrequencyPenalty, options.PresencePenalty, options.Seed,
                settings.MaxSearches,
            ],
            options.StopSequences ?? [],
            options.ResponseFormat,
            [settings.SchemaIsStrict?.ToString(), settings.ReasoningEffort, settings.Verbosity],
            settings.LogitBias);
        return SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(asked, _json));
    }

    // Calls of functions act; what an address shows may change; a stored file is read anew, with the caller's scopes.
    private static bool IsKeyed(AIContent content) => content is TextContent or DataContent;

    private sealed record Asked(
        string?[] Engine,
        IReadOnlyList<Said> Conversation,
        string? Instructions,
        PassageSearchRequest? Search,
        string[]? For,
        double?[] Numbers,
        IList<string> Stops,
        ChatResponseFormat? Format,
        string?[] Words,
        JsonElement? LogitBias);

    private sealed record Said(string Role, string? Phase, IList<AIContent> Contents);
}
