using System.Net.ServerSentEvents;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Errors;
using AiStack.Serving.Answers;
using AiStack.Serving.ChatCompletions;
using Microsoft.Extensions.Options;

namespace AiStack.Serving.TextCompletions;

/// <summary>
/// OpenAI's old completions API: a prompt is a conversation of one message, and the answer is told as plain text.
/// </summary>
internal sealed class CreateTextCompletion(CreateChatCompletion create)
{
    private static readonly AnswerForm<ChatEvent> _form = new(
        told => told is ChatPart { HasWords: true } or ChatEnd,
        told => (told as ChatEnd)?.Fault,
        told => TextObject.Of(((ChatEnd)told).Completion!),
        Render,
        BreaksOff: true);

    public static async Task<IResult> HandleAsync(
        TextRequest request,
        Caller caller,
        CreateTextCompletion complete,
        IOptions<ServingOptions> options,
        CancellationToken cancellationToken)
    {
        var outcome = await complete.CheckAsync(request, caller, cancellationToken);
        if (!outcome.TryGet(out var draft, out var fault))
        {
            return fault.ToResult();
        }

        return await _form.ToResultAsync(
            complete.RunAsync(draft, cancellationToken),
            request.Stream,
            options.Value.FirstWordsWithin,
            cancellationToken);
    }

    private IAsyncEnumerable<ChatEvent> RunAsync(ChatDraft draft, CancellationToken cancellationToken) =>
        create.RunAsync(draft, cancellationToken).Where(told => told is not ChatPart part || TextObject.Shows(part));

    private static SseItem<object> Render(ChatEvent told) => told switch
    {
        ChatPart part => new(TextObject.Of(part.Chunk)),
        ChatEnd { Fault: { } fault } => new(OpenAiError.From(fault)),
        _ => new("[DONE]"u8.ToArray()),
    };

    private async Task<Outcome<ChatDraft>> CheckAsync(
        TextRequest request, Caller caller, CancellationToken cancellationToken)
    {
        var prompt = request.Prompt switch
        {
            { ValueKind: JsonValueKind.String } text => text.GetString(),
            { ValueKind: JsonValueKind.Array } list when list.GetArrayLength() == 1
                && list[0].ValueKind == JsonValueKind.String => list[0].GetString(),
            _ => null,
        };
        if (prompt is null)
        {
            return new Fault(
                FaultCode.InvalidArgument, "'prompt' must be a string, or a list of one.", "prompt");
        }

        var outcome = await create.CheckAsync(
            new ChatRequest
            {
                Model = request.Model,
                Messages = [JsonSerializer.SerializeToElement(new { role = "user", content = prompt })],
                VectorStoreIds = request.VectorStoreIds,
                MaxTokens = request.MaxTokens,
                Temperature = request.Temperature,
                TopP = request.TopP,
                FrequencyPenalty = request.FrequencyPenalty,
                PresencePenalty = request.PresencePenalty,
                Stop = request.Stop,
                Seed = request.Seed,
                Stream = request.Stream,
                StreamOptions = request.StreamOptions is { } asked
                    ? new(asked.IncludeUsage, asked.IncludeObfuscation)
                    : null,
            },
            caller,
            cancellationToken);
        return outcome.TryGet(out var draft, out var fault) ? draft
            : fault.Parameter?.StartsWith("messages", StringComparison.Ordinal) == true
                ? fault with { Parameter = "prompt", Message = fault.Message.Replace("messages", "prompt") }
            : fault;
    }
}
