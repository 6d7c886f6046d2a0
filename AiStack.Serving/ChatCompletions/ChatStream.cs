using System.Runtime.CompilerServices;
using System.Threading.Channels;
using AiStack.Serving.Answers;
using AiStack.Serving.Completions;
using AiStack.Serving.FileSearch;

namespace AiStack.Serving.ChatCompletions;

/// <summary>
/// Makes a completion and tells it in parts, the last one when its records are written. Several answers are made at
/// once, and their parts told as they come; all have their budgets before one is begun, and the failure of one is that
/// of all.
/// </summary>
internal sealed class ChatStream(RecordedAnswers answers)
{
    /// <summary>Parts of all answers that wait for a slow reader; then the answers wait.</summary>
    private const int MaxWaitingParts = 64;

    public async IAsyncEnumerable<ChatEvent> RunAsync(
        ChatDraft draft, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var choices = draft.Choices();
        var parts = choices is [var only]
            ? SayAsync(only, null, cancellationToken)
            : SayAllAsync(choices, cancellationToken);
        await foreach (var part in parts)
        {
            yield return part;
        }

        if (choices.Select(choice => choice.Answer.Fault).FirstOrDefault(fault => fault is not null) is { } fault)
        {
            yield return new ChatEnd(null, fault);
            yield break;
        }

        if (draft.WithUsage)
        {
            yield return new ChatPart(draft.UsageChunk(choices));
        }

        yield return new ChatEnd(draft.End(choices), null);
    }

    private async IAsyncEnumerable<ChatPart> SayAllAsync(
        IReadOnlyList<ChatChoice> choices, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var told = Channel.CreateBounded<ChatPart>(MaxWaitingParts);
        var together = new BegunTogether(choices.Count);
        var saying = Task.WhenAll(choices.Select(TellAsync));
        var closing = CloseAsync();
        try
        {
            await foreach (var part in told.Reader.ReadAllAsync(cancellationToken))
            {
                yield return part;
            }
        }
        finally
        {
            await ended.CancelAsync();
            await closing;
        }

        async Task TellAsync(ChatChoice choice)
        {
            try
            {
                await foreach (var part in SayAsync(choice, together, ended.Token))
                {
                    await told.Writer.WriteAsync(part, ended.Token);
                }
            }
            catch (OperationCanceledException) when (ended.IsCancellationRequested)
            {
                // Another has failed, or the caller has gone; this one is recorded as cancelled. The others may wait
                // for it to begin.
                together.GiveUp();
            }
            catch (Exception)
            {
                together.GiveUp();
                await ended.CancelAsync();
                throw;
            }

            if (choice.Answer.Fault is not null)
            {
                await ended.CancelAsync();
            }
        }

        async Task CloseAsync()
        {
            await saying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            told.Writer.Complete(saying.Exception?.InnerException);
        }
    }

    private async IAsyncEnumerable<ChatPart> SayAsync(
        ChatChoice choice, BegunTogether? together, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new(choice.Chunk(new() { Role = "assistant", Content = "" }));
        await foreach (var happened in answers.RunAsync(
            choice.Question, choice.Answer, choice.Record, cancellationToken, together))
        {
            if (happened is AnswerRecorded)
            {
                if (choice.Answer is { HasEnded: true, Fault: null })
                {
                    yield return new(choice.Chunk(
                        new() { Metadata = ChatDraft.Told(choice.Answer) }, ChatDraft.FinishReason(choice.Answer)));
                }
            }
            else if (Tell(happened, choice.Citations) is { } delta)
            {
                yield return new(choice.Chunk(delta, logprobs: (happened as TextSaid)?.Logprobs));
            }
        }
    }

    private static ChatChunkObject.Delta? Tell(AnswerEvent happened, List<FileCitation> citations)
    {
        switch (happened)
        {
            case TextSaid said:
                return new() { Content = said.Text };
            case ReasoningSaid thought:
                return new() { ReasoningContent = thought.Text };
            case RefusalSaid refusal:
                return new() { Refusal = refusal.Text };
            case FunctionCalled call:
                return new() { ToolCalls = [new(call.Index, call.CallId, new(call.Name, ""))] };
            case ArgumentsSaid said:
                return new() { ToolCalls = [new(said.Index, null, new(null, said.Text))] };
            case SourceCited cited:
                citations.Add(FileCitation.From(cited.Citation, cited.Index));
                return new() { Annotations = [citations[^1]] };
            default:
                return null;
        }
    }
}
