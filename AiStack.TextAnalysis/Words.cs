using System.Buffers;
using System.Globalization;
using System.Text;
using ICU4N.Globalization;
using ICU4N.Text;

namespace AiStack.TextAnalysis;

/// <summary>
/// A word as it stands in a text, from <paramref name="Start"/> on in UTF-16 code units, and as it is compared: in
/// Unicode's NFKC, without case.
/// </summary>
public readonly record struct Word(int Start, int Length, string Form);

/// <summary>
/// Finds the words of a text in any language. A word is a run of letters and digits; <c>don't</c> is <c>don</c>,
/// <c>l'avion</c> is <c>avion</c>, <c>1,000</c> is <c>1000</c>, and an identifier such as <c>TX-200</c> is its parts
/// and <c>tx200</c> too: people write it both ways. Chinese, Japanese and Korean give pairs of characters that stand
/// side by side; Thai, Lao, Khmer and Burmese are cut by ICU's dictionaries.
/// </summary>
public static class Words
{
    /// <summary>Changes whenever words or their terms do: what is indexed is then indexed again.</summary>
    public const string Version = "words-2";

    /// <summary>What is longer is no word but data; its beginning is enough to find it by.</summary>
    private const int MaxLength = 64;

    /// <summary>Words of these alone need no more than lower case, and most words are.</summary>
    private static readonly SearchValues<char> _plainCharacters =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private static readonly SearchValues<char> _numberCharacters = SearchValues.Create("0123456789,.");

    /// <summary>What French and Italian put before an apostrophe: articles, and words that say as little.</summary>
    private static readonly HashSet<string> _elided = new(
        """
        c d j l m n s t qu jusqu quoiqu lorsqu puisqu presqu quelqu un all dall dell nell sull coll pell gl agl dagl
        degl negl sugl quell quest cent
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
        StringComparer.OrdinalIgnoreCase);

    /// <summary>What English puts after an apostrophe, and says nothing.</summary>
    private static readonly HashSet<string> _endings =
        new(["s", "t", "d", "m", "ll", "re", "ve"], StringComparer.OrdinalIgnoreCase);

    private static readonly ThreadLocal<BreakIterator> _dictionaries =
        new(() => BreakIterator.GetWordInstance(UCultureInfo.InvariantCulture));

    /// <summary>The words in the order in which they begin.</summary>
    public static IEnumerable<Word> In(string text)
    {
        var i = 0;
        while (i < text.Length)
        {
            if (!IsInWord(text, i))
            {
                i++;
                continue;
            }

            var start = i;
            var kind = BreakAt(text, i);
            i = EndOfRun(text, i, kind);
            if (kind != WordBreak.Spaces)
            {
                foreach (var word in kind == WordBreak.Pairs ? Pairs(text, start, i) : ByDictionary(text, start, i))
                {
                    yield return word;
                }

                continue;
            }

            var first = WithoutApostrophe(text, start, i);
            yield return first;
            if (i + 1 < text.Length && text[i] is '-' or '_' or '/' && IsInWord(text, i + 1))
            {
                var next = EndOfRun(text, i + 1, kind);
                if (next > i + 1 && HasDigit(text, start, next) && next - start <= MaxLength)
                {
                    yield return new(start, next - start, first.Form + Fold(text.AsSpan(i + 1, next - i - 1)));
                }
            }
        }
    }

    private static bool IsInWord(string text, int i) => char.IsAscii(text[i])
        ? char.IsAsciiLetterOrDigit(text[i])
        : CategoryAt(text, i) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter
            or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter
            or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary>What belongs to the letter before it. A non-joiner parts words in Persian, not in Hindi.</summary>
    private static bool IsMark(string text, int i) => text[i] switch
    {
        < '\u0300' => false,
        '\u200D' => true,
        '\u200C' => i > 0 && text[i - 1] is not (>= '\u0600' and < '\u0780'),
        _ => CategoryAt(text, i) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark,
    };

    /// <summary>Of the whole character, whichever half of a surrogate pair stands here.</summary>
    private static UnicodeCategory CategoryAt(string text, int i) =>
        CharUnicodeInfo.GetUnicodeCategory(text, char.IsLowSurrogate(text[i]) && i > 0 ? i - 1 : i);

    private static WordBreak BreakAt(string text, int i)
    {
        var at = char.IsLowSurrogate(text[i]) && i > 0 ? i - 1 : i;
        return Script.BreakOf(char.IsSurrogatePair(text, at) ? char.ConvertToUtf32(text, at) : text[at]);
    }

    private static int EndOfRun(string text, int i, WordBreak kind)
    {
        while (i < text.Length
            && ((IsInWord(text, i) && BreakAt(text, i) == kind)
                || IsMark(text, i)
                || (kind == WordBreak.Spaces && (JoinsDigits(text, i) || IsApostropheInside(text, i)))))
        {
            i++;
        }

        return i;
    }

    private static bool JoinsDigits(string text, int i) =>
        text[i] is ',' or '.'
            && i > 0 && char.IsAsciiDigit(text[i - 1])
            && i + 1 < text.Length && char.IsAsciiDigit(text[i + 1]);

    private static bool IsApostropheInside(string text, int i) =>
        text[i] is '\'' or '’' or '＇'
            && i > 0 && char.IsLetter(text[i - 1])
            && i + 1 < text.Length && char.IsLetter(text[i + 1]);

    private static bool HasDigit(string text, int start, int end) =>
        text.AsSpan(start, end - start).ContainsAnyInRange('0', '9');

    private static Word WithoutApostrophe(string text, int start, int end)
    {
        var at = text.AsSpan(start, end - start).IndexOfAny('\'', '’', '＇');
        if (at < 0)
        {
            return new(start, end - start, Fold(text.AsSpan(start, end - start)));
        }

        var (before, after) = (text[start..(start + at)], text[(start + at + 1)..end]);
        return _endings.Contains(after) ? new(start, end - start, Fold(before))
            : _elided.Contains(before) ? new(start + at + 1, after.Length, Fold(after))
            : new(start, end - start, Fold(string.Concat(before, after)));
    }

    private static IEnumerable<Word> Pairs(string text, int start, int end)
    {
        var starts = StringInfo.ParseCombiningCharacters(text[start..end]);
        for (var i = 0; i < starts.Length; i++)
        {
            var from = start + starts[i];
            var to = i + 2 < starts.Length ? start + starts[i + 2] : end;
            if (i + 1 < starts.Length || starts.Length == 1)
            {
                yield return new(from, to - from, Fold(text.AsSpan(from, to - from)));
            }
        }
    }

    private static List<Word> ByDictionary(string text, int start, int end)
    {
        var breaks = _dictionaries.Value!;
        breaks.SetText(text[start..end]);
        var words = new List<Word>();
        var from = breaks.First();
        for (var to = breaks.Next(); to != BreakIterator.Done; to = breaks.Next())
        {
            words.Add(new(start + from, to - from, Fold(text.AsSpan(start + from, to - from))));
            from = to;
        }

        return words;
    }

    private static string Fold(ReadOnlySpan<char> word)
    {
        word = word[..Math.Min(word.Length, MaxLength)];
        if (!word.ContainsAnyExcept(_plainCharacters))
        {
            return string.Create(word.Length, word, (form, plain) => Ascii.ToLower(plain, form, out _));
        }

        var form = word.ToString();
        form = Ascii.IsValid(form) ? form.ToLowerInvariant() : Normalize(form).ToLowerInvariant()
            .Replace("ß", "ss", StringComparison.Ordinal).Replace("\u200C", "", StringComparison.Ordinal)
            .Replace("\u200D", "", StringComparison.Ordinal);
        return char.IsAsciiDigit(form[0]) && form.Contains(',', StringComparison.Ordinal)
            && !form.AsSpan().ContainsAnyExcept(_numberCharacters)
            ? WithoutCommas(form)
            : form;
    }

    /// <summary>Commas that part thousands go; another is a decimal one, or parts a list: 3,5 is 3.5.</summary>
    private static string WithoutCommas(string number)
    {
        var parts = number.Split('.')[0].Split(',');
        return parts[0].Length <= 3 && parts.Skip(1).All(part => part.Length == 3)
            ? number.Replace(",", "", StringComparison.Ordinal)
            : number.Replace(',', '.');
    }

    /// <summary>Ligatures, full width and letter forms as the letters they stand for.</summary>
    private static string Normalize(string form)
    {
        try
        {
            return form.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            return form; // Half of a surrogate pair has no normal form.
        }
    }
}
