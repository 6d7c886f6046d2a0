using System.Runtime.CompilerServices;
using AiStack.Serving.Pipeline;
using Microsoft.Extensions.AI;

namespace AiStack.Serving.Engines.OpenAi;

/// <summary>
/// Asks the model in the form that its server takes, and turns the server's failures, silence included, into faults.
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
        var said = UpstreamMessages.Of(SystemMessage.First([.. messages], asked.Instructions));
        asked.Instructions = null;
        var offered = asked.Tools ?? [];
        UpstreamOptions.SetOn(asked, upstream);
        var hasOthers = ModelSettings.In(options).HasOthers;
        var calls = new UpstreamCalls(ClientFunction.In(options));

        using var silence = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        await using var updates = InnerClient.GetStreamingResponseAsync(said, asked, ended.Token)
            .GetAsyncEnumerator(ended.Token);
        var (hasBegun, hasFinished) = (false, false);
        while (await NextAsync(updates, silence, hasOthers, cancellationToken))
        {
            var update = UpstreamUpdate.Read(updates.Current, offered, calls);
            hasBegun |= update.Contents.Count > 0;
            hasFinished |= update.FinishReason is not null;
            yield return update;
        }

        // A connection that closes early looks like an end; half an answer must not pass for one.
        if (!hasFinished)
        {
            throw new UpstreamFaultException(hasBegun ? UpstreamFaults.BrokeOff : UpstreamFaults.NoAnswer);
        }
    }

    private async Task<bool> NextAsync(
        IAsyncEnumerator<ChatResponseUpdate> updates,
        CancellationTokenSource silence,
        bool hasOthers,
        CancellationToken cancellationToken)
    {
        if (hasOthers)
        {
            UpstreamRetries.TurnOff();
        }

        silence.CancelAfter(upstream.SilenceLimit);
        try
        {
            var hasNext = await updates.MoveNextAsync();
            silence.CancelAfter(Timeout.InfiniteTimeSpan); // What comes now is the reader's time, not the server's.
            return hasNext;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UpstreamFaultException(
                UpstreamFaults.Of(exception), UpstreamFaults.CodeOf(exception), exception);
        }
    }
}
