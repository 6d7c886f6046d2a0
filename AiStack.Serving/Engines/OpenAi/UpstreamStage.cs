using System.Runtime.CompilerServices;
using AiStack.Serving.Pipeline;
using Microsoft.Extensions.AI;

namespace AiStack.Serving.Engines.OpenAi;

/// <summary>
/// Asks the model by its server's name for it, and turns the server's failures, silence included, into faults.
/// </summary>
internal sealed class UpstreamStage(IChatClient inner, OpenAiOptions upstream, TimeProvider time)
    : StreamingStage(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var asked = options?.Clone() ?? new();
        asked.ModelId = upstream.Model;
        asked.MaxOutputTokens ??= upstream.MaxOutputTokens;

        using var silence = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        await using var updates = InnerClient.GetStreamingResponseAsync(messages, asked, ended.Token)
            .GetAsyncEnumerator(ended.Token);
        var hasFinished = false;
        while (await NextAsync(updates, silence, cancellationToken))
        {
            hasFinished |= updates.Current.FinishReason is not null;
            yield return updates.Current;
        }

        // A connection that closes early looks like an end; half an answer must not pass for one.
        if (!hasFinished)
        {
            throw new EngineFaultException(UpstreamFaults.BrokeOff);
        }
    }

    private async Task<bool> NextAsync(
        IAsyncEnumerator<ChatResponseUpdate> updates,
        CancellationTokenSource silence,
        CancellationToken cancellationToken)
    {
        silence.CancelAfter(upstream.SilenceLimit);
        try
        {
            var hasNext = await updates.MoveNextAsync();
            silence.CancelAfter(Timeout.InfiniteTimeSpan); // What comes now is the reader's time, not the server's.
            return hasNext;
        }
        catch (Exception exception) when (
            !cancellationToken.IsCancellationRequested && UpstreamFaults.Of(exception) is { } fault)
        {
            throw new EngineFaultException(fault, exception);
        }
    }
}
