using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AiStack.TextAnalysis.Recognisers;

/// <summary>
/// Finds sentences that are meant for a model, to make it do what its owner did not ask for. It weighs patterns of
/// words (injections.txt) and knows nothing of what a text means: other words, other languages and what is encoded
/// pass. docs/guards.md says how often it is right. The time is linear in the text, whatever the text is.
/// </summary>
public static partial class Injections
{
    private const string Resource = "AiStack.TextAnalysis.Recognisers.injections.txt";

    /// <summary>What speaks about such sentences rather than being one.</summary>
    private const string About = "about";

    /// <summary>The least that a pattern weighs.</summary>
    private const double Something = 0.3;

    /// <summary>A longer sentence is looked at in pieces of this length, which overlap by half.</summary>
    private const int Longest = 600;

    /// <summary>A sentence is short, and no pattern repeats what repeats: this is never reached.</summary>
    private static readonly TimeSpan _within = TimeSpan.FromSeconds(1);

    private static readonly List<Group> _groups = Read();

    /// <summary>All kinds that there are.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
        [.. _groups.SelectMany(group => group.Patterns).Select(pattern => pattern.Kind).Distinct().Except([About])];

    /// <summary>The sentences, apart from each other and in their order, each of the kind that weighs most.</summary>
    public static List<Finding> Find(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var plain = PlainText.Of(text);
        List<Finding> found = [];
        foreach (var (start, end) in plain.Sentences())
        {
            if (Judge(plain.Words.AsSpan(start, end - start)) is { } kind)
            {
                var (from, to) = (plain.Place(start), plain.Place(end - 1) + 1);
                // The pieces of a long sentence are one.
                if (found.Count > 0 && from < found[^1].End)
                {
                    (kind, from) = (found[^1].Kind, found[^1].Start);
                    found.RemoveAt(found.Count - 1);
                }

                found.Add(new(kind, from, to - from));
            }
        }

        return found;
    }

    /// <summary>The kind that weighs most; null where all together weigh less than one.</summary>
    private static string? Judge(ReadOnlySpan<char> sentence)
    {
        Dictionary<string, double>? scores = null;
        foreach (var group in _groups)
        {
            if (group.Words is not null ? !sentence.ContainsAny(group.Words) : Sum(scores) < group.Least)
            {
                continue;
            }

            foreach (var pattern in group.Patterns)
            {
                // Several patterns of one kind say the same: the strongest counts.
                var known = scores?.GetValueOrDefault(pattern.Kind) ?? 0;
                if (Math.Abs(pattern.Score) > Math.Abs(known) && pattern.Words.IsMatch(sentence))
                {
                    (scores ??= [])[pattern.Kind] = pattern.Score;
                }
            }
        }

        return Sum(scores) >= 1 ? scores!.MaxBy(score => score.Value).Key : null;
    }

    private static double Sum(Dictionary<string, double>? scores) => scores?.Values.Sum() ?? 0;

    private static List<Group> Read()
    {
        using var stream = typeof(Injections).Assembly.GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(stream);
        Dictionary<string, string> parts = [];
        List<Group> groups = [];
        while (reader.ReadLine() is { } read)
        {
            var line = Plain(read); // As texts are.
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (line[0] is '@' or '+' or '-')
            {
                groups.Add(new(
                    line[0] == '@' ? SearchValues.Create(line[2..].Split('|'), StringComparison.Ordinal) : null,
                    line[0] == '+' ? Something : 1,
                    []));
            }
            else if (line.Split(" = ") is [var name, var part])
            {
                parts.Add(name, part);
            }
            else
            {
                groups[^1].Patterns.Add(ReadPattern(line, parts));
            }
        }

        return groups;
    }

    private static Pattern ReadPattern(string line, Dictionary<string, string> parts)
    {
        var (kind, score, words) = line.Split(' ', 3) is [var first, var second, var rest]
            ? (first, double.Parse(second, CultureInfo.InvariantCulture), rest)
            : throw new FormatException($"'{line}' is no kind, score and pattern.");
        words = parts.Aggregate(words, (text, known) =>
            text.Replace($"{{{known.Key}}}", $"(?:{known.Value})", StringComparison.Ordinal));
        return new(kind, score, new Regex(words, RegexOptions.CultureInvariant, _within));
    }

    /// <summary>Without the marks of letters, and each letter in its plainest form.</summary>
    private static string Plain(string text) => string.Concat(text.Normalize(NormalizationForm.FormKD)
        .Where(letter => CharUnicodeInfo.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark));

    /// <summary>
    /// Patterns that are tried on a sentence with one of the words; without words, on one that weighs so much before.
    /// </summary>
    private sealed record Group(SearchValues<string>? Words, double Least, List<Pattern> Patterns);

    private sealed record Pattern(string Kind, double Score, Regex Words);

    /// <summary>
    /// A text in one spelling: small plain letters, one space between words, a full stop where a sentence ends, and
    /// nothing that is not seen. Each of its characters knows its place in the text.
    /// </summary>
    private sealed class PlainText(string words, int[] places)
    {
        public string Words => words;

        public int Place(int index) => places[index];

        /// <summary>From one full stop to the next, without the space between them.</summary>
        public IEnumerable<(int Start, int End)> Sentences()
        {
            for (var start = 0; start < words.Length;)
            {
                var stop = words.IndexOf('.', start, Math.Min(Longest, words.Length - start));
                var end = stop < 0 ? Math.Min(words.Length, start + Longest) : stop + 1;
                var first = start < words.Length - 1 && words[start] == ' ' ? start + 1 : start;
                if (end > first)
                {
                    yield return (first, end);
                }

                start = stop < 0 && end < words.Length ? start + (Longest / 2) : end;
            }
        }

        public static PlainText Of(string text)
        {
            var (words, places) = (new StringBuilder(text.Length + 2), new List<int>(text.Length + 2));
            Add(' ', 0);
            for (var i = 0; i < text.Length; i++)
            {
                foreach (var letter in Letters(text, i))
                {
                    // One space and one full stop each, a full stop with a space behind it.
                    if (letter is ' ' or '.' && words[^1] == letter)
                    {
                        continue;
                    }

                    Add(letter, i);
                }
            }

            Add(' ', Math.Max(0, text.Length - 1));
            return new(words.ToString(), [.. places]);

            void Add(char letter, int place)
            {
                words.Append(letter);
                places.Add(place);
            }
        }

        private static string Letters(string text, int i)
        {
            var letter = text[i];
            if (letter == '!' && i + 1 < text.Length && text[i + 1] == '[')
            {
                return " "; // An image of Markdown, and no end of a sentence.
            }

            if (char.IsAsciiDigit(letter) && (IsLetter(text, i - 1) || IsLetter(text, i + 1)))
            {
                return _disguised[letter - '0']; // A letter in disguise: 1gn0re.
            }

            if (letter < 128)
            {
                return _ascii[letter];
            }

            return char.GetUnicodeCategory(letter) switch
            {
                UnicodeCategory.Format or UnicodeCategory.NonSpacingMark => "",
                UnicodeCategory.SpaceSeparator => " ",
                _ when letter is '。' or '！' or '？' or '…' => ".",
                _ when char.IsSurrogate(letter) => "",
                _ when char.IsLetterOrDigit(letter) => Plain(letter.ToString()).ToLowerInvariant(),
                _ => " ",
            };
        }

        private static bool IsLetter(string text, int i) =>
            i >= 0 && i < text.Length && char.IsAsciiLetter(text[i]);

        private static readonly string[] _disguised = ["o", "i", "2", "e", "a", "s", "6", "t", "8", "9"];

        // Marks of code stay: models' own marks are made of them.
        private static readonly string[] _ascii =
        [
            .. Enumerable.Range(0, 128).Select(code => (char)code).Select(letter =>
                char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter).ToString()
                : letter is '.' or '!' or '?' ? "."
                : letter is '\'' or '*' or '`' ? ""
                : letter is '<' or '>' or '|' or '[' or ']' or '/' or '#' or ':' or '(' or '=' ? letter.ToString()
                : " "),
        ];
    }
}
