using System.Globalization;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Errors;
using AiStack.Serving.Answers;
using AiStack.Serving.FileSearch;
using AiStack.Serving.Items;
using AiStack.Serving.Pipeline;
using AiStack.Serving.Requests;

namespace AiStack.Serving.Responses;

/// <summary>A response that is about to be made: the checked request and what is to be echoed of it.</summary>
/// <param name="Before">What was said before the request.</param>
/// <param name="GoesOnWithSources">Whether some of what was said before came from sources.</param>
/// <param name="LeftOut">How many of the oldest messages the model is not told.</param>
internal sealed record ResponseDraft(
    Id<Response> Id,
    DateTimeOffset CreatedAt,
    Caller Caller,
    ResponseRequest Request,
    IReadOnlyList<Item> Input,
    Id<Response>? PreviousId,
    AnswerRequest Question,
    ItemIds Ids,
    Id<Conversation>? ConversationId,
    IReadOnlyList<Item> Before,
    bool GoesOnWithSources,
    int LeftOut = 0)
{
    /// <summary>OpenAI stores responses unless told not to.</summary>
    public bool Store => Request.Store ?? true;

    public FileSearchTool? FileSearch => FileSearchTool.In(Question.Options);

    private object ToolChoice => Request.ToolChoice is { ValueKind: not JsonValueKind.Null } choice ? choice : "auto";

    private object Format =>
        new AnswerFormat(Question.Options.ResponseFormat, ModelSettings.In(Question.Options).SchemaIsStrict).ToEcho();

    public bool HasSources => GoesOnWithSources || FileSearch is not null;

    public bool WithResults => Request.Include?.Contains(ResponseFields.SearchResults) == true;

    /// <summary>The response as it waits for its turn in the background.</summary>
    public ResponseObject Queue() => Begin() with { Status = "queued" };

    /// <summary>The response as it stands before anything is said.</summary>
    public ResponseObject Begin() =>
        ToObject("in_progress", [], null, Request.Metadata ?? new Dictionary<string, string>());

    /// <summary>The response as it ended.</summary>
    public ResponseObject End(Answer answer, IReadOnlyList<OutputItem> output, DateTimeOffset now)
    {
        var metadata = (Request.Metadata ?? new Dictionary<string, string>()).ToDictionary();
        foreach (var (key, value) in answer.Metadata())
        {
            metadata[key] = value;
        }

        if (LeftOut > 0)
        {
            metadata[AnswerMetadata.LeftOutKey] = LeftOut.ToString(CultureInfo.InvariantCulture);
        }

        var usage = new ResponseObject.Tokens(
            answer.Usage.InputTokenCount ?? 0,
            new(answer.Usage.CachedInputTokenCount ?? 0),
            answer.Usage.OutputTokenCount ?? 0,
            new(answer.Usage.ReasoningTokenCount ?? 0));
        return ToObject(answer.Status, output, usage, metadata, answer.IsUnstored) with
        {
            Error = answer.Fault is { } fault ? new(ErrorCode(fault), fault.Message) : null,
            IncompleteDetails = answer.Status == "incomplete"
                ? new(answer.WasFiltered ? "content_filter" : "max_output_tokens") : null,
            CompletedAt = answer.Status == "completed" ? now.ToUnixTimeSeconds() : null,
        };
    }

    private ResponseObject ToObject(
        string status,
        IReadOnlyList<OutputItem> output,
        ResponseObject.Tokens? usage,
        IReadOnlyDictionary<string, string> metadata,
        bool isUnstored = false) =>
        new(
            Id,
            CreatedAt.ToUnixTimeSeconds(),
            status,
            Error: null,
            IncompleteDetails: null,
            Request.Instructions,
            Request.MaxOutputTokens,
            Question.Engine.Label,
            output,
            PreviousId,
            Store && !isUnstored,
            Request.Temperature ?? 1,
            ToolChoice,
            [.. Request.Tools?.Select(tool => tool!.ToEcho()) ?? []],
            Request.TopP ?? 1,
            usage,
            metadata)
        {
            Background = Request.Background == true,
            Conversation = ConversationId is { } conversation ? new(conversation) : null,
            MaxToolCalls = Request.MaxToolCalls,
            ParallelToolCalls = Request.ParallelToolCalls ?? true,
            PresencePenalty = Request.PresencePenalty ?? 0,
            FrequencyPenalty = Request.FrequencyPenalty ?? 0,
            TopLogprobs = Request.TopLogprobs ?? 0,
            Reasoning = new(Request.Reasoning?.Effort, Request.Reasoning?.Summary),
            Text = new(Format, Request.Text?.Verbosity ?? "medium"),
            User = Request.User,
            SafetyIdentifier = Request.SafetyIdentifier,
            Prompt = Request.Prompt,
            PromptCacheKey = Request.PromptCacheKey,
            Truncation = Request.Truncation ?? TruncateTurns.Disabled,
        };

    /// <summary>OpenAI has a closed list of codes here; clients with typed errors know no others.</summary>
    public static string ErrorCode(Fault fault) => OpenAiError.From(fault).Error.Code switch
    {
        "rate_limit_exceeded" or "upstream_rate_limited" => "rate_limit_exceeded",
        "invalid_value" => "invalid_prompt",
        _ => "server_error",
    };
}
