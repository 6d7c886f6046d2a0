namespace AiStack.Serving.Engines.GenAi;

/// <summary>
/// Tells the thoughts of a reasoning model from its answer. They are at the beginning, between <c>&lt;think&gt;</c> and
/// <c>&lt;/think&gt;</c>; what may be part of such a word is held back until more text tells.
/// </summary>
/// <param name="isThinking">Whether the prompt has opened the thoughts already.</param>
internal sealed class ThoughtReader(bool isThinking)
{
    public const string Begin = "<think>";
    public const string End = "</think>";

    private string _held = "";
    private bool _isBeginning = true;
    private bool _hasThought;
    private bool _isTold;

    /// <summary>Whether the next words are thoughts, as far as that is known.</summary>
    public bool IsThinking { get; private set; } = isThinking;

    /// <summary>What can be told now that <paramref name="text"/> has come too.</summary>
    public Words Read(string text)
    {
        _held += text;
        return _isTold ? new("", Take(_held.Length)) : Tell();
    }

    /// <summary>What is left when no more text comes.</summary>
    public Words Ended() => IsThinking ? new(Take(_held.Length), "") : new("", Take(_held.Length));

    private Words Tell()
    {
        if (!IsThinking && !Opens())
        {
            return new("", _isTold ? Take(_held.Length) : "");
        }

        _held = _isBeginning ? _held.TrimStart() : _held;
        _isBeginning &= _held.Length == 0;
        var end = _held.IndexOf(End, StringComparison.Ordinal);
        if (end < 0)
        {
            return new(Take(_held.Length - StopReader.Begun(_held, End)), "");
        }

        var thought = Take(end);
        _held = _held[End.Length..];
        (IsThinking, _hasThought) = (false, true);
        var next = Tell();
        return new(thought + next.Thought, next.Answer);
    }

    /// <summary>
    /// Whether the thoughts begin now. An answer after them begins with a word, not with a line's end.
    /// </summary>
    private bool Opens()
    {
        var start = _held.TrimStart();
        _held = _hasThought ? start : _held;
        IsThinking = start.StartsWith(Begin, StringComparison.Ordinal);
        _isTold = !IsThinking && !Begin.StartsWith(start, StringComparison.Ordinal);
        if (IsThinking)
        {
            (_held, _isBeginning) = (start[Begin.Length..], true);
        }

        return IsThinking;
    }

    private string Take(int length)
    {
        var taken = _held[..length];
        _held = _held[length..];
        return taken;
    }

    /// <summary>Either may be empty.</summary>
    internal readonly record struct Words(string Thought, string Answer);
}
