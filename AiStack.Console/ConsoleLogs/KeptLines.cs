namespace AiStack.Console.ConsoleLogs;

/// <summary>The newest lines of one part; the oldest make place where there are too many, or too long ones.</summary>
internal sealed class KeptLines(int maxLines, int maxCharacters)
{
    private readonly Queue<LogLine> _lines = new();
    private long _characters;

    /// <summary>Oldest first.</summary>
    public IReadOnlyCollection<LogLine> Lines => _lines;

    public void Add(LogLine line)
    {
        _lines.Enqueue(line);
        _characters += line.Text.Length;
        while (_lines.Count > maxLines || (_characters > maxCharacters && _lines.Count > 1))
        {
            _characters -= _lines.Dequeue().Text.Length;
        }
    }
}
