namespace AiStack.Console.ConsoleLogs;

/// <summary>The lines that one page shows: it follows the book, or stands still while the person reads.</summary>
internal sealed class LogWindow(LogBook book)
{
    /// <summary>Of all parts together; who wants more of one chooses it, and sees all that is kept of it.</summary>
    public const int MaxLines = 20_000;

    private readonly List<LogLine> _lines = [];
    private LogFilter _filter = LogFilter.Of(null, null);
    private long _seen;

    public List<LogLine> Lines => _lines;

    public LogFilter Filter
    {
        get => _filter;
        set
        {
            _filter = value;
            _lines.Clear();
            _seen = 0;
            CatchUp();
        }
    }

    public bool IsPaused { get; private set; }

    /// <summary>How many lines have come since the pause.</summary>
    public int Waiting { get; private set; }

    public void Pause() => IsPaused = true;

    public void Follow()
    {
        (IsPaused, Waiting) = (false, 0);
        CatchUp();
    }

    /// <summary>Takes what has come; while paused it is only counted.</summary>
    public void CatchUp()
    {
        var news = book.After(_seen, _filter.Resource);
        var wanted = news.Where(_filter.Wants);
        if (IsPaused && _lines.Count > 0)
        {
            Waiting = wanted.Count();
            return;
        }

        _lines.AddRange(wanted);
        _seen = news.Count > 0 ? news[^1].Sequence : _seen;
        DropOldest();
    }

    // The book keeps its lines within a limit, and so must each page that has copied some of them.
    private void DropOldest()
    {
        var most = _filter.Resource is null ? MaxLines : LogBook.MaxLines;
        if (_lines.Count > most)
        {
            _lines.RemoveRange(0, _lines.Count - most);
        }
    }
}
