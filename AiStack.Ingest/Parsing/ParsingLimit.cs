namespace AiStack.Ingest.Parsing;

/// <summary>The refusals of files that are past a limit, in words that name it.</summary>
internal static class ParsingLimit
{
    public static UnreadableDocumentException TextTooLong(ParsingOptions limits) =>
        Invalid($"The file holds more than {limits.MaxTextLength} characters of text, which is the limit.");

    public static UnreadableDocumentException MarkupTooLong(ParsingOptions limits) =>
        Invalid($"The file holds more than {limits.MaxMarkupLength} characters, the limit of its format. Split it.");

    public static UnreadableDocumentException TooDeep(string format, ParsingOptions limits) =>
        Invalid($"The {format} is nested deeper than {limits.MaxDepth} elements, which is the limit.");

    public static UnreadableDocumentException TooManyElements(string format, ParsingOptions limits) =>
        Invalid($"The {format} has more than {limits.MaxElements} elements, which is the limit.");

    public static UnreadableDocumentException Invalid(string message) =>
        new(UnreadableDocumentException.Invalid, message);
}
