using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AiStack.Console.Gateway;
using AiStack.Contracts;

namespace AiStack.Console.Ask;

/// <summary>Asks by <c>/v1/responses</c> and gives the answer as it comes.</summary>
internal sealed class AskApi(GatewayClient gateway)
{
    public Task<Outcome<Page<ModelView>>> ListModelsAsync(CancellationToken cancellationToken) =>
        gateway.GetAsync<Page<ModelView>>("/v1/models", cancellationToken);

    /// <summary>Streams the answer. The last event is one of an answer that ended, well or badly.</summary>
    public async IAsyncEnumerable<AnswerEvent> AskAsync(
        TurnAnswer answer, string question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var outcome = await OpenAsync(answer, question, cancellationToken);
        if (!outcome.TryGet(out var response, out var fault))
        {
            yield return new AnswerFailed(fault);
            yield break;
        }

        using (response)
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            await foreach (var item in ReadAsync(body, cancellationToken))
            {
                yield return item;
                if (item is AnswerFailed or AnswerEnded)
                {
                    yield break;
                }
            }
        }

        yield return new AnswerFailed(new Fault(FaultCode.DependencyUnavailable, "The answer broke off. Ask again."));
    }

    private async Task<Outcome<HttpResponseMessage>> OpenAsync(
        TurnAnswer answer, string question, CancellationToken cancellationToken)
    {
        Task<Outcome<HttpResponseMessage>> SendAsync() => gateway.OpenAsync(
            "/v1/responses",
            AskRequest.For(answer.Settings, question, answer.PreviousResponseId),
            answer.Settings.AskedFor,
            cancellationToken);

        var outcome = await SendAsync();
        if (answer.PreviousResponseId is null || outcome.TryGet(out _, out var fault)
            || fault.Code != FaultCode.NotFound)
        {
            return outcome;
        }

        // The stack does not have what was said before, or not yet. A question by itself is better than none; when
        // it is something else that is not there, this says so again.
        answer.PreviousResponseId = null;
        return await SendAsync();
    }

    private static async IAsyncEnumerable<AnswerEvent> ReadAsync(
        Stream body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var items = SseParser.Create(body).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (items)
        {
            while (await MoveNextAsync(items))
            {
                if (items.Current.Data is "[DONE]" || items.Current.Data.Length == 0)
                {
                    continue;
                }

                using var json = JsonDocument.Parse(items.Current.Data);
                if (AnswerEvents.Read(json.RootElement) is { } read)
                {
                    yield return read;
                }
            }
        }
    }

    // A connection that breaks in the middle is the end of the answer, and is told as one.
    private static async Task<bool> MoveNextAsync(IAsyncEnumerator<SseItem<string>> items)
    {
        try
        {
            return await items.MoveNextAsync();
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            return false;
        }
    }
}

/// <summary>A model that can be asked.</summary>
public sealed record ModelView(string Id, string? OwnedBy = null);
