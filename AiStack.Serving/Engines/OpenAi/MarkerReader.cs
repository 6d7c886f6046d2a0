using System.Text.RegularExpressions;

namespace AiStack.Serving.Engines.OpenAi;

/// <summary>
/// Takes a model's citation marks, such as <c>[2]</c> and <c>[1, 3]</c>, out of the stream of its words. How the stream
/// is cut into parts makes no difference. A number in brackets that is no passage's stays in the text.
/// </summary>
internal sealed partial class MarkerReader(Func<int, bool> isPassage)
{
    /// <summary>The longest mark, spaces in front of it included. What is longer is text.</summary>
    private const int MaxMarkLength = 32;

    private string _held = "";

    /// <summary>What can be told now that <paramref name="text"/> has come too.</summary>
    public IEnumerable<Piece> Read(string text)
    {
        _held += text;
        foreach (var piece in Take(_held, isLast: false))
        {
            yield return piece;
        }
    }

    /// <summary>What is left when no more text comes.</summary>
    public IEnumerable<Piece> End() => Take(_held, isLast: true);

    private List<Piece> Take(string text, bool isLast)
    {
        List<Piece> pieces = [];
        var from = 0;
        foreach (Match match in Mark().Matches(text))
        {
            List<int> numbers = [.. match.Groups["n"].Captures.Select(capture => int.Parse(
                capture.ValueSpan, System.Globalization.CultureInfo.InvariantCulture))];
            if (match.Length > MaxMarkLength || !numbers.TrueForAll(number => isPassage(number)))
            {
                continue;
            }

            Add(pieces, text[from..match.Index]);
            pieces.Add(new("", numbers));
            from = match.Index + match.Length;
        }

        var begun = isLast ? Match.Empty : Beginning().Match(text, from);
        var end = begun.Success && begun.Length <= MaxMarkLength ? begun.Index : text.Length;
        Add(pieces, text[from..end]);
        _held = text[end..];
        return pieces;
    }

    private static void Add(List<Piece> pieces, string text)
    {
        if (text.Length > 0)
        {
            pieces.Add(new(text, []));
        }
    }

    [GeneratedRegex(@"[ \t]*[\[【][ ]?(?<n>[0-9]{1,3})(?:[ ]?[,;][ ]?(?<n>[0-9]{1,3}))*[ ]?[\]】]")]
    private static partial Regex Mark();

    // What may become a mark when more text comes: spaces, or a bracket that is still open.
    [GeneratedRegex(@"[ \t]*(?:[\[【][0-9,; ]*)?\z")]
    private static partial Regex Beginning();

    /// <summary>Words, or the numbers of the passages that the words before come from.</summary>
    internal sealed record Piece(string Text, IReadOnlyList<int> Numbers);
}
