using System.Text;

namespace AiStack.Console.Ask;

/// <summary>
/// The questions of one browser page and their answers. Each question stands for itself. An answer goes on while the
/// person looks at another page of the Console.
/// </summary>
internal sealed class Conversation(AskApi api, TimeProvider time) : IDisposable
{
    private const int MaxTurns = 100;

    // Ten times a second looks like a stream; rendering each word would only cost.
    private static readonly TimeSpan RenderPause = TimeSpan.FromMilliseconds(100);

    private readonly List<Turn> _turns = [];
    private CancellationTokenSource? _asking;

    /// <summary>Raised when there is more to show.</summary>
    public event Action? Changed;

    public IReadOnlyList<Turn> Turns => _turns;

    public bool IsUnderWay => _turns.LastOrDefault()?.IsUnderWay == true;

    /// <summary>What was chosen and typed last, so that the page finds it again.</summary>
    public string? Model { get; set; }

    public string Draft { get; set; } = "";

    /// <summary>Asks, and returns when the answer has ended. One question is answered at a time.</summary>
    public async Task AskAsync(Turn turn)
    {
        if (IsUnderWay)
        {
            return;
        }

        if (_turns.Count == MaxTurns)
        {
            _turns.RemoveAt(0);
        }

        _turns.Add(turn);
        using var asking = _asking = new CancellationTokenSource();
        try
        {
            await FollowAsync(turn, asking.Token);
        }
        catch (OperationCanceledException) when (asking.IsCancellationRequested)
        {
            turn.State = TurnState.Stopped;
        }
        finally
        {
            _asking = null;
            Changed?.Invoke();
        }
    }

    /// <summary>Stops the answer under way; what there is of it stays.</summary>
    public void Stop() => _asking?.Cancel();

    public void Clear()
    {
        Stop();
        _turns.Clear();
        Changed?.Invoke();
    }

    public void Dispose() => Stop();

    private async Task FollowAsync(Turn turn, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var rendered = started;
        var text = new StringBuilder();
        Changed?.Invoke();
        await foreach (var item in api.AskAsync(turn.Model, turn.StoreId, turn.Question, cancellationToken))
        {
            if (item is TextAdded added)
            {
                turn.FirstWords ??= time.GetElapsedTime(started);
                turn.State = TurnState.Answering;
                text.Append(added.Text);
                if (time.GetElapsedTime(rendered) < RenderPause)
                {
                    continue;
                }

                rendered = time.GetTimestamp();
                turn.Answer = new(text.ToString(), []);
            }

            Apply(turn, item, time.GetElapsedTime(started));
            Changed?.Invoke();
        }
    }

    private static void Apply(Turn turn, AnswerEvent item, TimeSpan elapsed)
    {
        switch (item)
        {
            case PassagesFound found:
                turn.Passages = found.Passages;
                break;
            case AnswerFailed failed:
                (turn.State, turn.Fault, turn.Total) = (TurnState.Failed, failed.Fault, elapsed);
                break;
            case AnswerEnded ended:
                (turn.State, turn.Total, turn.IsRefusal) = (TurnState.Answered, elapsed, ended.IsRefusal);
                turn.Answer = new(ended.Text, ended.Citations);
                turn.Passages = ended.Passages.Count > 0 ? ended.Passages : turn.Passages;
                turn.Model = ended.Model ?? turn.Model;
                (turn.InputTokens, turn.OutputTokens) = (ended.InputTokens, ended.OutputTokens);
                break;
            default:
                break;
        }
    }
}
