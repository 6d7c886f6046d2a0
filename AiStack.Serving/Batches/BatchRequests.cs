using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Errors;
using AiStack.Serving.Answers;
using AiStack.Serving.ChatCompletions;
using AiStack.Serving.Costs;
using AiStack.Serving.Embeddings;
using AiStack.Serving.Requests;
using AiStack.Serving.Responses;

namespace AiStack.Serving.Batches;

/// <summary>Answers one line of a batch, as its endpoint would.</summary>
internal sealed class BatchRequests(
    CreateResponse responses, CreateChatCompletion chats, CreateEmbeddings embeddings, PriceList prices)
{
    public const string Embeddings = "/v1/embeddings";

    private const string Responses = "/v1/responses";
    private const string Chats = "/v1/chat/completions";

    /// <summary>The endpoints that a batch may be for.</summary>
    public static readonly IReadOnlyList<string> Endpoints = [Responses, Chats, Embeddings];

    public async Task<Reply> RunAsync(
        string endpoint, string body, Caller caller, CancellationToken cancellationToken)
    {
        try
        {
            return endpoint switch
            {
                Responses => await RespondAsync(Read<ResponseRequest>(body), caller, cancellationToken),
                Chats => await ChatAsync(Read<ChatRequest>(body), caller, cancellationToken),
                _ => await EmbedAsync(Read<CreateEmbeddings.Request>(body), caller, cancellationToken),
            };
        }
        catch (JsonException json)
        {
            return Refuse(JsonFaults.Of(json));
        }
        catch (Exception exception) when (AnswerFaults.Of(exception, cancellationToken) is { } fault)
        {
            return Refuse(fault);
        }
    }

    private static T Read<T>(string body) => JsonSerializer.Deserialize<T>(body, JsonDefaults.RequestOptions)!;

    private async Task<Reply> RespondAsync(
        ResponseRequest request, Caller caller, CancellationToken cancellationToken)
    {
        if (request.Stream == true || request.Background == true)
        {
            return Refuse(RequestChecks.Invalid(
                "A line of a batch is neither streamed nor in the background.", "stream"));
        }

        var outcome = await responses.CheckAsync(request, caller, Id<Response>.New(), cancellationToken);
        if (!outcome.TryGet(out var draft, out var fault))
        {
            return Refuse(fault);
        }

        var end = (ResponseEndEvent)await responses.RunAsync(draft, cancellationToken).LastAsync(cancellationToken);
        return end.Fault is { } failed ? Refuse(failed) : Give(end.Response);
    }

    private async Task<Reply> ChatAsync(ChatRequest request, Caller caller, CancellationToken cancellationToken)
    {
        if (request.Stream == true)
        {
            return Refuse(RequestChecks.Invalid("A line of a batch is not streamed.", "stream"));
        }

        var outcome = await chats.CheckAsync(request, caller, cancellationToken);
        if (!outcome.TryGet(out var draft, out var fault))
        {
            return Refuse(fault);
        }

        var end = (ChatEnd)await chats.RunAsync(draft, cancellationToken).LastAsync(cancellationToken);
        return end.Fault is { } failed ? Refuse(failed) : Give(end.Completion!);
    }

    private async Task<Reply> EmbedAsync(
        CreateEmbeddings.Request request, Caller caller, CancellationToken cancellationToken)
    {
        if (!(await embeddings.RunAsync(request, caller, cancellationToken)).TryGet(out var answer, out var fault))
        {
            return Refuse(fault);
        }

        using (answer)
        {
            var json = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            var reply = new Reply((int)answer.StatusCode, json, MayPass: (int)answer.StatusCode is 429 or >= 500);
            return reply with { Usage = Priced(reply.Usage) };
        }
    }

    /// <summary>Embeddings do not say what they cost.</summary>
    private BatchUsage Priced(BatchUsage usage)
    {
        var price = prices.Find(EngineNames.Embeddings);
        var cost = price?.Of(new() { InputTokenCount = usage.Input, OutputTokenCount = 0 });
        return usage with { Cost = cost, Currency = price?.Currency };
    }

    private static Reply Give<T>(T value) =>
        new(StatusCodes.Status200OK, JsonSerializer.SerializeToElement(value, JsonDefaults.Options), MayPass: false);

    private static Reply Refuse(Fault fault) => new(
        FaultResults.Status(fault.Code),
        JsonSerializer.SerializeToElement(OpenAiError.From(fault), JsonDefaults.Options),
        MayPass: FaultResults.Status(fault.Code) is 429 or >= 500);

    /// <param name="MayPass">Whether it failed for now, so that it is worth another try later.</param>
    internal sealed record Reply(int Status, JsonElement Body, bool MayPass)
    {
        public bool HasFailed => Status is < 200 or > 299;

        public BatchUsage Usage { get; init; } = BatchUsage.Of(Body);
    }
}
