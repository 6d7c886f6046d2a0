using AiStack.Console.Telemetry.Traces;

namespace AiStack.Console.Traces;

/// <summary>
/// The list as the person sees it. While it is held, its rows stay where they are, though what they say is kept up to
/// date, and new traces wait.
/// </summary>
internal sealed class ShownTraces
{
    private TraceList _newest = new([], 0, new([]));

    /// <summary>The rows, the newest first.</summary>
    public IReadOnlyList<TraceSummary> Rows { get; private set; } = [];

    /// <summary>How many new traces wait.</summary>
    public int Waiting { get; private set; }

    /// <summary>The longest duration of a row: the full bar.</summary>
    public TimeSpan Longest { get; private set; }

    /// <summary>How many match, listed or not.</summary>
    public int Matched => _newest.Matched;

    public bool HasMore => _newest.HasMore;

    public DurationHistogram Durations => _newest.Durations;

    /// <summary>Takes what matches now.</summary>
    public void Update(TraceList newest, bool isHeld)
    {
        _newest = newest;
        if (!isHeld || Rows.Count == 0)
        {
            Release();
            return;
        }

        var byId = newest.Traces.ToDictionary(trace => trace.TraceId, StringComparer.Ordinal);
        Show([.. Rows.Select(row => byId.Remove(row.TraceId, out var now) ? now : row)]);
        Waiting = byId.Count;
    }

    /// <summary>Shows everything that waits.</summary>
    public void Release()
    {
        Show(_newest.Traces);
        Waiting = 0;
    }

    private void Show(IReadOnlyList<TraceSummary> rows) =>
        (Rows, Longest) = (rows, rows.Count == 0 ? TimeSpan.Zero : rows.Max(row => row.Duration));
}
