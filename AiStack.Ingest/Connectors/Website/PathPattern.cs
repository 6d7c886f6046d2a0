using System.Text;

namespace AiStack.Ingest.Connectors.Website;

/// <summary>
/// A pattern of paths as robots.txt has them (RFC 9309): the beginning of a path, in which <c>*</c> is anything and a
/// <c>$</c> at its end is the path's end.
/// </summary>
internal readonly struct PathPattern
{
    private readonly string _pattern;
    private readonly bool _isWhole;

    public PathPattern(string pattern)
    {
        _isWhole = pattern.EndsWith('$');
        _pattern = Normalize(_isWhole ? pattern[..^1] : pattern);
    }

    /// <summary>How much it says: of two that match, the longer one counts.</summary>
    public int Length => _pattern.Length;

    /// <param name="path">A path with its query, normalized.</param>
    public bool Matches(string path)
    {
        // Greedy, and going back to the last star alone: at worst the product of both lengths.
        int at = 0, star = -1, from = 0, next = 0;
        while (next < path.Length)
        {
            if (at == _pattern.Length && !_isWhole)
            {
                return true;
            }

            if (at < _pattern.Length && _pattern[at] == '*')
            {
                (star, from) = (at++, next);
            }
            else if (at < _pattern.Length && _pattern[at] == path[next])
            {
                at++;
                next++;
            }
            else if (star < 0)
            {
                return false;
            }
            else
            {
                (at, next) = (star + 1, ++from);
            }
        }

        return _pattern.AsSpan(Math.Min(at, _pattern.Length)).Trim('*').IsEmpty;
    }

    /// <summary>The one spelling of a path: what need not be escaped is not, and what is other than ASCII is.</summary>
    public static string Normalize(string path)
    {
        var text = new StringBuilder(path.Length);
        for (var at = 0; at < path.Length; at++)
        {
            if (path[at] == '%' && at + 2 < path.Length && char.IsAsciiHexDigit(path[at + 1])
                && char.IsAsciiHexDigit(path[at + 2]))
            {
                var letter = (char)Convert.FromHexString(path.AsSpan(at + 1, 2))[0];
                var isPlain = char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' or '_' or '~';
                text.Append(isPlain ? letter.ToString() : path.Substring(at, 3).ToUpperInvariant());
                at += 2;
            }
            else if (char.IsAscii(path[at]))
            {
                text.Append(path[at]);
            }
            else
            {
                var letters = at + 1 < path.Length && char.IsSurrogatePair(path, at) ? 2 : 1;
                text.Append(Uri.EscapeDataString(path.AsSpan(at, letters)));
                at += letters - 1;
            }
        }

        return text.ToString();
    }
}
