namespace AiStack.AppHost.Local.Feed;

/// <summary>The newest lines of one resource; the oldest make place.</summary>
internal sealed class LogRing(int capacity, int maxCharacters)
{
    private readonly LogLine?[] _lines = new LogLine?[capacity];
    private long _dropped;
    private long _added;
    private long _characters;

    public void Add(LogLine line)
    {
        if (_added - _dropped == capacity)
        {
            DropOldest();
        }

        _lines[_added++ % capacity] = line;
        for (_characters += line.Text.Length; _characters > maxCharacters && _added - _dropped > 1;)
        {
            DropOldest();
        }
    }

    /// <summary>The lines that came after this one, oldest first.</summary>
    public IEnumerable<LogLine> After(long sequence)
    {
        var first = _added;
        while (first > _dropped && _lines[(first - 1) % capacity]!.Sequence > sequence)
        {
            first--;
        }

        for (var i = first; i < _added; i++)
        {
            yield return _lines[i % capacity]!;
        }
    }

    private void DropOldest()
    {
        ref var oldest = ref _lines[_dropped++ % capacity];
        _characters -= oldest!.Text.Length;
        oldest = null;
    }
}
