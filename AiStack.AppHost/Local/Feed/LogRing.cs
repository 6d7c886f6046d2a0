namespace AiStack.AppHost.Local.Feed;

/// <summary>The newest lines of one resource; the oldest make place.</summary>
internal sealed class LogRing(int capacity)
{
    private readonly LogLine[] _lines = new LogLine[capacity];
    private long _added;

    public void Add(LogLine line) => _lines[_added++ % capacity] = line;

    /// <summary>The lines that came after this one, oldest first.</summary>
    public IEnumerable<LogLine> After(long sequence)
    {
        var first = _added;
        while (first > Math.Max(0, _added - capacity) && _lines[(first - 1) % capacity].Sequence > sequence)
        {
            first--;
        }

        for (var i = first; i < _added; i++)
        {
            yield return _lines[i % capacity];
        }
    }
}
