namespace AiStack.Serving.Engines.Extractive;

/// <summary>A question, taken apart.</summary>
internal sealed class Question(string text)
{
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
}
