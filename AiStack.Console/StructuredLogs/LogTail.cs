using AiStack.Console.Telemetry.Logs;

namespace AiStack.Console.StructuredLogs;

/// <summary>
/// Log records as they come, the newest first by their own time. While the list is held, new ones wait.
/// </summary>
internal sealed class LogTail(LogStore store)
{
    /// <summary>Rows of one list; the oldest go for new ones.</summary>
    public const int MaxRows = LogQuery.MaxLimit;

    private static readonly Comparer<LogRecord> _newestFirst = Comparer<LogRecord>.Create((left, right) =>
        right.Time.CompareTo(left.Time) is var byTime and not 0 ? byTime : right.Sequence.CompareTo(left.Sequence));

    private readonly List<LogRecord> _waiting = [];
    private LogQuery _query = new();
    private long _last;

    public IReadOnlyList<LogRecord> Rows { get; private set; } = [];

    /// <summary>How many records wait.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Whether older records match that are not in the list.</summary>
    public bool HasMore { get; private set; }

    /// <summary>Begins anew, with what matches now.</summary>
    public void Open(LogQuery query)
    {
        _query = query with { Limit = MaxRows };
        _waiting.Clear();
        var page = store.Read(_query);
        (_last, HasMore) = (page.LastSequence, page.HasMore);
        Rows = [.. page.Records.Order(_newestFirst)];
    }

    /// <summary>Takes what has arrived since; false when nothing has.</summary>
    public bool Follow(bool isHeld)
    {
        var page = store.ReadAfter(_query, _last);
        _last = page.LastSequence;
        _waiting.AddRange(page.Records);
        if (_waiting.Count > MaxRows)
        {
            _waiting.Sort(_newestFirst);
            _waiting.RemoveRange(MaxRows, _waiting.Count - MaxRows);
            HasMore = true;
        }

        if (!isHeld && _waiting.Count > 0)
        {
            Release();
        }

        return page.Records.Count > 0;
    }

    /// <summary>Shows everything that waits.</summary>
    public void Release()
    {
        var rows = Rows.Concat(_waiting).Order(_newestFirst).ToList();
        _waiting.Clear();
        HasMore |= rows.Count > MaxRows;
        Rows = rows.Count > MaxRows ? rows[..MaxRows] : rows;
    }
}
