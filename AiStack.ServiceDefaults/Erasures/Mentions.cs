using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AiStack.ServiceDefaults.Erasures;

/// <summary>
/// Finds names of people, and ids of ours, in texts. A name is found whatever its case, its white space and its
/// Unicode form (NFKC), also in JSON, as whole words: "Anna" is not in "Hannah", nor "anna@x.de" in "joanna@x.de"; an s
/// at its end is a genitive. Nothing in a name is a pattern.
/// </summary>
public sealed partial class Mentions
{
    private const int IdDigits = 32;

    private readonly string[] _names;
    private readonly HashSet<Guid> _ids;

    public Mentions(IEnumerable<string> names, IEnumerable<Guid> ids) =>
        (_names, _ids) = ([.. names.Select(Fold).Where(name => name.Length > 0).Distinct()], [.. ids]);

    /// <summary>Whether there is nothing to be found.</summary>
    public bool IsEmpty => _names is [] && _ids.Count == 0;

    /// <summary>Whether there are names to be found, and not only ids.</summary>
    public bool HasNames => _names is not [];

    /// <summary>Whether one of them is in a text.</summary>
    public bool AreIn(string? text) => !string.IsNullOrEmpty(text) && (HasId(text) || HasName(text));

    /// <summary>A text in the form in which names are compared.</summary>
    public static string Fold(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        // Half a character, as a model's stream may end in, has no other form.
        var form = Ascii.IsValid(text) ? text : Whole(text).Normalize(NormalizationForm.FormKC);
        var folded = new StringBuilder(form.Length);
        var isSpace = true;
        foreach (var letter in form)
        {
            if (letter > 0x7f && CharUnicodeInfo.GetUnicodeCategory(letter) == UnicodeCategory.Format)
            {
                continue; // A soft hyphen, a joiner: nobody sees it.
            }

            if (!char.IsWhiteSpace(letter))
            {
                _ = letter switch
                {
                    'ß' or 'ẞ' => folded.Append("ss"),
                    'ς' => folded.Append('σ'),
                    '\u2019' => folded.Append('\''),
                    '\u2010' or '\u2011' => folded.Append('-'),
                    _ => folded.Append(char.ToLowerInvariant(letter)),
                };
            }
            else if (!isSpace)
            {
                folded.Append(' ');
            }

            isSpace = char.IsWhiteSpace(letter);
        }

        return folded.ToString().TrimEnd();
    }

    private static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private bool HasName(string text)
    {
        if (_names is [])
        {
            return false;
        }

        return IsNamed(Fold(text)) || (text.Contains('\\', StringComparison.Ordinal) && IsNamed(Fold(Unescape(text))));
    }

    private bool IsNamed(string folded)
    {
        foreach (var name in _names)
        {
            for (var at = folded.IndexOf(name, StringComparison.Ordinal); at >= 0;
                at = folded.IndexOf(name, at + 1, StringComparison.Ordinal))
            {
                if (IsWhole(folded, at, name))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsWhole(string text, int at, string name)
    {
        var isAddress = name.Contains('@', StringComparison.Ordinal);
        var (before, after) = (at - 1, at + name.Length);
        if (before >= 0
            && ((IsJoining(text[before]) && IsJoining(name[0]))
                || (isAddress && before > 0 && (text[before] is '.' or '_' or '+' or '-')
                    && IsJoining(text[before - 1]))))
        {
            return false;
        }

        if (after < text.Length && IsJoining(name[^1]))
        {
            if (IsJoining(text[after]))
            {
                return !isAddress && text[after] == 's' && (after + 1 == text.Length || !IsJoining(text[after + 1]));
            }

            return !isAddress || text[after] is not ('.' or '-') || after + 1 == text.Length
                || !IsJoining(text[after + 1]);
        }

        return true;
    }

    // Scripts whose words have spaces between them: Latin to Georgian. Of others a name is found wherever it stands.
    private static bool IsJoining(char letter) => char.IsLetterOrDigit(letter) && letter is < '\u0e00' or
        >= '\u10a0' and < '\u1100' or >= '\u1e00' and < '\u2000';

    /// <summary>What JSON says by escapes, also in a string in a string.</summary>
    private static string Unescape(string text) => Escapes().Replace(text, escape => escape.Groups[1].Value[0] switch
    {
        'u' => ((char)int.Parse(escape.Groups[1].ValueSpan[1..], NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            .ToString(),
        'n' or 'r' or 't' => " ",
        var other => other.ToString(),
    });

    [GeneratedRegex(@"\\+(u[0-9a-fA-F]{4}|[nrt""/])")]
    private static partial Regex Escapes();

    /// <summary>Ids of ours end in 32 digits, after what says what they are of.</summary>
    private bool HasId(string text)
    {
        if (_ids.Count == 0)
        {
            return false;
        }

        for (var (at, length) = (0, 0); at <= text.Length; at++)
        {
            if (at < text.Length && char.IsAsciiHexDigitLower(text[at]))
            {
                length++;
                continue;
            }

            if (length >= IdDigits
                && Guid.TryParseExact(text.AsSpan(at - IdDigits, IdDigits), "N", out var id) && _ids.Contains(id))
            {
                return true;
            }

            length = 0;
        }

        return false;
    }
}
