namespace AiStack.Console.ConsoleLogs;

/// <summary>Which lines a person wants to see: of one part or of all, with these words in them or any.</summary>
internal sealed record LogFilter(string? Resource, string? Words)
{
    /// <summary>A longer search is cut: nobody types one, and each line is compared with it.</summary>
    public const int MaxWordsLength = 200;

    /// <summary>The filter that a form's fields say; what is empty asks for nothing.</summary>
    public static LogFilter Of(string? resource, string? words) => new(
        string.IsNullOrEmpty(resource) ? null : resource,
        string.IsNullOrWhiteSpace(words) ? null : words.Length > MaxWordsLength ? words[..MaxWordsLength] : words);

    public bool Wants(LogLine line) =>
        Words is null || line.Plain.Contains(Words, StringComparison.OrdinalIgnoreCase);
}
