namespace AiStack.Serving.Answers;

/// <summary>
/// Events of which the first are held back until it is clear how the answer begins, or until that takes too long.
/// Dispose it, or read it to its end.
/// </summary>
internal sealed class HeldBackEvents<T> : IAsyncDisposable
{
    private readonly IAsyncEnumerator<T> _events;
    private readonly List<T> _held = [];
    private Task<bool>? _next;

    private HeldBackEvents(IAsyncEnumerator<T> events) => _events = events;

    /// <summary>The last event held.</summary>
    public T? Last => _held.LastOrDefault();

    /// <summary>Reads on until an event <paramref name="decides"/>, the events end, or the time is up.</summary>
    public static async Task<HeldBackEvents<T>> StartAsync(
        IAsyncEnumerable<T> events, Func<T, bool> decides, TimeSpan within, CancellationToken cancellationToken)
    {
        var held = new HeldBackEvents<T>(events.GetAsyncEnumerator(cancellationToken));
        try
        {
            await held.ReadAsync(decides, within, cancellationToken);
            return held;
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }
    }

    /// <summary>All events, those held back first.</summary>
    public async IAsyncEnumerable<T> AllAsync()
    {
        foreach (var held in _held)
        {
            yield return held;
        }

        while (_next is not null && await _next)
        {
            yield return _events.Current;
            _next = _events.MoveNextAsync().AsTask();
        }
    }

    public async ValueTask DisposeAsync()
    {
        // An enumerator cannot be disposed of while it moves; the caller's token ends a move that takes long.
        await (_next ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _events.DisposeAsync();
    }

    private async Task ReadAsync(Func<T, bool> decides, TimeSpan within, CancellationToken cancellationToken)
    {
        var deadline = Task.Delay(within, cancellationToken);
        do
        {
            _next = _events.MoveNextAsync().AsTask();
            if (await Task.WhenAny(_next, deadline) == deadline && !_next.IsCompleted)
            {
                return;
            }

            if (!await _next)
            {
                _next = null;
                return;
            }

            _held.Add(_events.Current);
        }
        while (!decides(_events.Current));

        _next = _events.MoveNextAsync().AsTask();
    }
}
