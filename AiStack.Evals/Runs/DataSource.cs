using System.Text.Json;
using System.Text.Json.Serialization;
using AiStack.Contracts;
using AiStack.Evals.Criteria;
using AiStack.Evals.Metrics;
using AiStack.ServiceDefaults.Requests;

namespace AiStack.Evals.Runs;

/// <summary>
/// What a run asks, of which model, with which documents: OpenAI's data source of type <c>responses</c>, which has all
/// the parts that a retrieval eval needs. docs/decisions/0050 shows the shape.
/// </summary>
internal sealed record DataSource(
    [property: Unsupported("it must be 'responses': a run asks questions of the Responses API.",
        Except = ["\"responses\""])]
    string? Type,
    DataSource.ItemSource? Source,
    string? Model,
    DataSource.Input? InputMessages,
    DataSource.Sampling? SamplingParams)
{
    public const string TypeName = "responses";
    public const string FileSource = "file_id";
    public const string ContentSource = "file_content";

    // Without input messages, an item's question is all that the model is asked.
    private static readonly ChatMessage[] _question = [new("user", "{{item.question}}", null)];

    /// <summary>The one tool of the run; validation makes sure that there is one.</summary>
    [JsonIgnore]
    public FileSearchTool FileSearch => SamplingParams!.Tools![0].WithDefaults();

    /// <summary>The templates of the messages, in order.</summary>
    [JsonIgnore]
    public IReadOnlyList<ChatMessage> Templates => (IReadOnlyList<ChatMessage>?)InputMessages?.Template ?? _question;

    /// <summary>The messages that ask one item's question.</summary>
    public IEnumerable<ChatMessage> Messages(JsonElement item)
    {
        foreach (var message in Templates)
        {
            if (Template.Read(message.Content ?? "", "", mayUseSample: false).TryGet(out var template, out _))
            {
                yield return message with { Content = template.Fill(item) };
            }
        }
    }

    /// <summary>The fields of an item that a message uses.</summary>
    public static IReadOnlyList<string> FieldsOf(ChatMessage message) =>
        Template.Read(message.Content ?? "", "", mayUseSample: false).TryGet(out var template, out _)
            ? template.ItemFields
            : [];

    /// <summary>What is kept of it: the items of the request itself are kept as the run's items, once.</summary>
    public DataSource WithoutItems() =>
        Source is { Content: not null } ? this with { Source = Source with { Content = [] } } : this;

    /// <summary>Where the items come from: an uploaded file, or the request itself.</summary>
    internal sealed record ItemSource(
        [property: Unsupported("it must be 'file_id' or 'file_content'.",
            Except = ["\"file_id\"", "\"file_content\""])]
        string? Type,
        string? Id,
        List<JsonElement>? Content);

    internal sealed record Input(
        [property: Unsupported("it must be 'template'.", Except = ["\"template\""])] string? Type,
        List<ChatMessage>? Template);

    internal sealed record ChatMessage(
        string? Role,
        string? Content,
        [property: Unsupported("it must be 'message'.", Except = ["\"message\""])] string? Type);

    internal sealed record Sampling(
        double? Temperature, double? TopP, int? MaxCompletionTokens, List<FileSearchTool>? Tools);

    /// <summary>The <c>file_search</c> tool; filters and ranking options go to the search as they are.</summary>
    internal sealed record FileSearchTool(
        [property: Unsupported("it must be 'file_search'.", Except = ["\"file_search\""])] string? Type,
        List<Id<VectorStore>>? VectorStoreIds,
        int? MaxNumResults,
        JsonElement? Filters,
        JsonElement? RankingOptions)
    {
        /// <summary>
        /// As many results as the rank metrics look at: with fewer they would be lower without a word.
        /// </summary>
        public FileSearchTool WithDefaults() => this with { MaxNumResults = MaxNumResults ?? Metric.RankDepth };
    }
}
