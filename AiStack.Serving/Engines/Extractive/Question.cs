using System.Text.RegularExpressions;

namespace AiStack.Serving.Engines.Extractive;

/// <summary>A question, taken apart.</summary>
internal sealed partial class Question(string text)
{
    /// <summary>The fewest letters with which two words begin that are kin.</summary>
    private const int KinBeginning = 4;

    /// <summary>The most letters in which they differ after that.</summary>
    private const int KinEnding = 3;

    /// <summary>What its words come down to, without those that every question has.</summary>
    public IReadOnlyList<string> Terms { get; } = [.. Words.StemsIn(text)];

    /// <summary>Its words as they are written, whatever their case.</summary>
    public HashSet<string> AsWritten { get; } = new(Words.In(text), StringComparer.OrdinalIgnoreCase);

    /// <summary>Its names and numbers: words that a source about the same thing would have too.</summary>
    public IReadOnlyList<string> Names { get; } =
    [
        .. Words.In(text)
            .Where((word, i) => Words.IsTelling(word) && ((i > 0 && char.IsUpper(word[0])) || word.Any(char.IsDigit)))
            .Select(Words.Stem),
    ];

    public AnswerKind? Asks { get; } = AnswerKind.Of(text);

    /// <summary>
    /// Whether one of the sentences has the kind of thing asked for, where an answer must have it. Of several questions
    /// the last counts: a follow-up comes after the question that it follows.
    /// </summary>
    public bool CanBeAnsweredBy(IEnumerable<QuotedSentence> sentences) =>
        AnswerKind.Of(LastOf(text)) is not { IsEssential: true } kind
        || sentences.Any(sentence => kind.MayBeIn(sentence, AsWritten));

    /// <summary>
    /// Whether words have a name of a question, or one of its kin: Germany where the question says German. Numbers have
    /// no kin.
    /// </summary>
    public static bool IsNamed(string name, HashSet<string> stems) =>
        stems.Contains(name) || (!name.Any(char.IsDigit) && stems.Any(stem => AreKin(stem, name)));

    private static bool AreKin(string one, string other)
    {
        var needed = Math.Max(KinBeginning, Math.Max(one.Length, other.Length) - KinEnding);
        return one.AsSpan().CommonPrefixLength(other) >= needed;
    }

    private static string LastOf(string text)
    {
        var end = text.LastIndexOf('?') + 1;
        var question = end == 0 ? text : text[..end];
        var before = SentenceEnd().Match(question);
        return before.Success ? question[(before.Index + before.Length)..] : question;
    }

    [GeneratedRegex(@"[.!?]\s+", RegexOptions.RightToLeft)]
    private static partial Regex SentenceEnd();
}
