using System.Net.ServerSentEvents;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Errors;
using AiStack.Serving.Answers;
using AiStack.Serving.Ledger;
using AiStack.Serving.Pipeline;
using AiStack.Serving.Registry;
using AiStack.Serving.Requests;
using Microsoft.Extensions.Options;

namespace AiStack.Serving.Messages;

/// <summary>Answers a conversation: checks the request, then makes the message, streamed or whole.</summary>
internal sealed class CreateMessage(
    ModelRouter models, RequestChecks checks, ReadMessageOptions options, MessageStream stream, TimeProvider time)
{
    private static readonly FeatureChecks _features = new("messages", "messages", "thinking", "messages", "messages");

    private static readonly AnswerForm<MessageEvent> _form = new(
        told => told is BlockStart or MessageStop,
        told => (told as MessageStop)?.Fault,
        told => ((MessageStop)told).Message,
        Render);

    public static async Task<IResult> HandleAsync(
        MessageRequest request,
        Caller caller,
        CreateMessage create,
        IOptions<ServingOptions> serving,
        CancellationToken cancellationToken)
    {
        var outcome = await create.CheckAsync(request, caller, cancellationToken);
        if (!outcome.TryGet(out var draft, out var fault))
        {
            return fault.ToResult();
        }

        return await _form.ToResultAsync(
            create.RunAsync(draft, cancellationToken),
            request.Stream,
            serving.Value.FirstWordsWithin,
            cancellationToken);
    }

    public IAsyncEnumerable<MessageEvent> RunAsync(MessageDraft draft, CancellationToken cancellationToken) =>
        stream.RunAsync(draft, cancellationToken);

    /// <summary>The message that <paramref name="request"/> asks for, or why it cannot be made.</summary>
    public async Task<Outcome<MessageDraft>> CheckAsync(
        MessageRequest request, Caller caller, CancellationToken cancellationToken, bool needsLimit = true)
    {
        var found = await models.FindAsync(
            caller, request.Model, EndUser.Of(request.Metadata?.UserId, null), cancellationToken);
        if (!found.TryGet(out var engine, out var unknown))
        {
            return unknown;
        }

        var wrong = needsLimit && request.MaxTokens is null
            ? RequestChecks.Invalid("'max_tokens' is missing: how long the answer may be.", "max_tokens")
            : RequestChecks.Sampling(request.Temperature, request.TopP, request.MaxTokens, "max_tokens");
        wrong ??= !engine.Generates && request.StopSequences is { Count: > 0 }
            ? RequestChecks.Invalid("This model only quotes its sources: it knows no stop sequences.", "stop_sequences")
            : null;
        if (wrong is not null)
        {
            return wrong;
        }

        if (!MessageBlocks.Read(request).TryGet(out var messages, out var unreadable))
        {
            return unreadable;
        }

        if (!options.Read(request, caller, engine).TryGet(out var chat, out var badOption))
        {
            return badOption;
        }

        if ((checks.Length(messages, null, "messages") ?? _features.Check(engine, messages, chat)) is { } tooMuch)
        {
            return tooMuch;
        }

        var id = Id<Message>.New();
        var question = new AnswerRequest(engine, messages, chat.WithAnswerId(id.ToString()).WithCaller(caller));
        return new MessageDraft(id, time.GetUtcNow(), caller, request, question);
    }

    private static SseItem<object> Render(MessageEvent told) => told is MessageStop { Fault: { } fault }
        ? new(AnthropicError.From(fault), "error")
        : new(told, told.Type);
}
