using System.Net.ServerSentEvents;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Errors;
using AiStack.Serving.Answers;
using AiStack.Serving.Caches;
using AiStack.Serving.Ledger;
using AiStack.Serving.Pipeline;
using AiStack.Serving.Registry;
using AiStack.Serving.Requests;
using Microsoft.Extensions.Options;

namespace AiStack.Serving.ChatCompletions;

/// <summary>Answers a conversation: checks the request, then makes the completion, streamed or whole.</summary>
internal sealed class CreateChatCompletion(
    ModelRouter models, RequestChecks checks, ReadChatOptions options, ChatStream stream, TimeProvider time)
{
    // OpenAI's .NET client passes over an error in the stream.
    private static readonly AnswerForm<ChatEvent> _form = new(
        told => told is ChatPart { HasWords: true } or ChatEnd,
        told => (told as ChatEnd)?.Fault,
        told => ((ChatEnd)told).Completion,
        Render,
        BreaksOff: true);

    public static async Task<IResult> HandleAsync(
        ChatRequest request,
        Caller caller,
        CreateChatCompletion create,
        IOptions<ServingOptions> options,
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
            options.Value.FirstWordsWithin,
            cancellationToken);
    }

    public IAsyncEnumerable<ChatEvent> RunAsync(ChatDraft draft, CancellationToken cancellationToken) =>
        stream.RunAsync(draft, cancellationToken);

    private static SseItem<object> Render(ChatEvent told) => told switch
    {
        ChatPart part => new(part.Chunk),
        ChatEnd { Fault: { } fault } => new(OpenAiError.From(fault)),
        _ => new("[DONE]"u8.ToArray()),
    };

    /// <summary>The completion that <paramref name="request"/> asks for, or why it cannot be made.</summary>
    public async Task<Outcome<ChatDraft>> CheckAsync(
        ChatRequest request, Caller caller, CancellationToken cancellationToken)
    {
        var found = await models.FindAsync(
            caller, request.Model, EndUser.Of(request.SafetyIdentifier, request.User), cancellationToken);
        if (!found.TryGet(out var engine, out var unknown))
        {
            return unknown;
        }

        var maxTokens = request.MaxCompletionTokens ?? request.MaxTokens;
        var maxTokensField = request.MaxCompletionTokens is null ? "max_tokens" : "max_completion_tokens";
        var wrong = ChatFields.Check(request, engine)
            ?? RequestChecks.Sampling(request.Temperature, request.TopP, maxTokens, maxTokensField)
            ?? RequestChecks.Metadata(request.Metadata);
        if (wrong is not null)
        {
            return wrong;
        }

        if (!ChatMessages.Read(request.Messages).TryGet(out var messages, out var unreadable))
        {
            return unreadable;
        }

        if (!options.Read(request, caller, engine).TryGet(out var chat, out var badOption))
        {
            return badOption;
        }

        var tooMuch = checks.Length(messages, null, "messages") ?? ChatFields.Features.Check(engine, messages, chat);
        if (tooMuch is not null)
        {
            return tooMuch;
        }

        if (request.N > 1)
        {
            CacheWish.Refuse(chat);
        }

        var id = Id<ChatCompletion>.New();
        var question = new AnswerRequest(engine, messages, chat.WithAnswerId(id.ToString()).WithCaller(caller));
        return new ChatDraft(id, time.GetUtcNow(), caller, request, question);
    }
}
