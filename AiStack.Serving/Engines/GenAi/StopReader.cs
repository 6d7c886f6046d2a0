namespace AiStack.Serving.Engines.GenAi;

/// <summary>
/// Ends a stream of words before the first stop sequence. What may be the beginning of one is held back until more
/// text tells, so that no part of a stop sequence gets out.
/// </summary>
internal sealed class StopReader(IEnumerable<string> stops)
{
    private readonly List<string> _stops = [.. stops.Where(stop => stop.Length > 0)];
    private string _held = "";

    /// <summary>True once a stop sequence has come.</summary>
    public bool HasStopped { get; private set; }

    /// <summary>What can be said now that <paramref name="text"/> has come too.</summary>
    public string Read(string text)
    {
        var all = _held + text;
        var found = _stops.Select(stop => all.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0);
        var end = found.DefaultIfEmpty(-1).Min();
        HasStopped = end >= 0;
        end = HasStopped ? end : all.Length - _stops.Select(stop => Begun(all, stop)).DefaultIfEmpty(0).Max();
        _held = HasStopped ? "" : all[end..];
        return all[..end];
    }

    /// <summary>What is left when no more text comes.</summary>
    public string End()
    {
        var left = _held;
        _held = "";
        return left;
    }

    /// <summary>How many characters at the end of <paramref name="text"/> may be the beginning of the stop.</summary>
    public static int Begun(string text, string stop)
    {
        var length = Math.Min(text.Length, stop.Length - 1);
        while (!text.EndsWith(stop[..length], StringComparison.Ordinal))
        {
            length--;
        }

        return length;
    }
}
