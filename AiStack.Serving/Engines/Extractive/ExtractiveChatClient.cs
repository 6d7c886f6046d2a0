using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using AiStack.Contracts.Search;
using AiStack.Serving.FileSearch;
using AiStack.Serving.Pipeline;
using AiStack.TextAnalysis;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace AiStack.Serving.Engines.Extractive;

/// <summary>
/// Answers with sentences of the passages found, each cited, and never with words of its own. The same question to the
/// same sources has the same answer. When the evidence is weak it says that the sources do not hold the answer.
/// </summary>
internal sealed partial class ExtractiveChatClient(IOptions<ExtractiveOptions> options) : IChatClient
{
    public const string NoAnswer = "The sources do not contain an answer to this question.";

    public const string NoSources =
        "I answer only from sources, and this request names none. Upload files (POST /v1/files), put them into a "
        + "vector store (POST /v1/vector_stores) and name it: on /v1/responses as tools: [{\"type\": \"file_search\", "
        + "\"vector_store_ids\": [\"vs_...\"]}], on /v1/chat/completions as vector_store_ids: [\"vs_...\"].";

    private static readonly ChatClientMetadata _metadata = new("aistack", defaultModelId: EngineNames.Extractive);

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<ChatMessage> conversation = [.. messages];
        var reply = ReplyTo(conversation, options);
        var allowance = options?.MaxOutputTokens ?? int.MaxValue;
        var said = 0;
        var finish = ChatFinishReason.Stop;
        foreach (var part in reply.Parts)
        {
            var text = Tokens.Cut(part.Text, allowance - said);
            said += Tokens.Count(text);
            var isWhole = text.Length == part.Text.Length;
            foreach (var update in Say(text, isWhole ? part.Citation : null))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return update;
            }

            if (!isWhole)
            {
                finish = ChatFinishReason.Length;
                break;
            }
        }

        yield return Last(conversation, said, finish, reply.IsRefusal);
        await Task.CompletedTask; // The interface is made for engines that wait.
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType == typeof(ChatClientMetadata) ? _metadata
        : serviceKey is null && serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose()
    {
        // Nothing is held.
    }

    private Reply ReplyTo(List<ChatMessage> conversation, ChatOptions? chat)
    {
        if (FileSearchTool.In(chat) is null)
        {
            return new([new(NoSources, null)], IsRefusal: true);
        }

        var found = FileSearchStage.Found(conversation).ToList();
        var question = new Question(FileSearchStage.Query(conversation), LanguagesOf(found));
        var ranked = Candidates.Rank(question, found);
        if (ranked is not [var best, ..] || best.Confidence < options.Value.MinConfidence)
        {
            return new([new(NoAnswer, null)], IsRefusal: true);
        }

        var sentences = SentenceChoice.From(ranked, options.Value);
        if (!question.CanBeAnsweredBy(sentences))
        {
            return new([new(NoAnswer, null)], IsRefusal: true);
        }

        var parts = sentences.Select((sentence, i) => new Part(Joined(sentences, i), sentence.Cite()));
        return new([.. parts], IsRefusal: false);
    }

    private static HashSet<Language> LanguagesOf(List<PassageSearchResponse> found) =>
        [
            .. found.SelectMany(search => search.Results).Select(passage => Languages.Find(passage.Language))
                .OfType<Language>(),
        ];

    /// <summary>A sentence follows a sentence; the rows of tables and lists stand on lines of their own.</summary>
    private static string Joined(IReadOnlyList<QuotedSentence> sentences, int i) =>
        i == 0 ? sentences[i].Text
        : sentences[i].Head is { } head && head == sentences[i - 1].Head ? $"\n{sentences[i].Body}"
        : sentences[i - 1].IsFullSentence && sentences[i].IsFullSentence ? $" {sentences[i].Text}"
        : $"\n{sentences[i].Text}";

    /// <summary>The text in groups of words, as a model would stream it; what it cites comes with the last.</summary>
    private static IEnumerable<ChatResponseUpdate> Say(string text, PassageCitation? citation)
    {
        var groups = WordGroups().Matches(text);
        for (var i = 0; i < groups.Count; i++)
        {
            var content = new TextContent(groups[i].Value);
            if (citation is not null && i == groups.Count - 1)
            {
                content.Annotations = [citation];
            }

            yield return new(ChatRole.Assistant, [content]) { ModelId = EngineNames.Extractive };
        }
    }

    private static ChatResponseUpdate Last(
        List<ChatMessage> conversation, int said, ChatFinishReason finish, bool isRefusal)
    {
        var passages = FileSearchStage.Found(conversation).SelectMany(search => search.Results);
        var read = conversation.Sum(message => Tokens.Count(message.Text))
            + passages.Sum(passage => Tokens.Count(passage.WholeText));
        var usage = new UsageContent(
            new() { InputTokenCount = read, OutputTokenCount = said, TotalTokenCount = read + said });
        return new(ChatRole.Assistant, [usage])
        {
            FinishReason = finish,
            ModelId = EngineNames.Extractive,
            AdditionalProperties = isRefusal ? new() { [AnswerMetadata.RefusedKey] = true } : null,
        };
    }

    [GeneratedRegex(@"\s*(?:\S+\s*){1,4}")]
    private static partial Regex WordGroups();

    private sealed record Part(string Text, PassageCitation? Citation);

    private sealed record Reply(IReadOnlyList<Part> Parts, bool IsRefusal);
}
