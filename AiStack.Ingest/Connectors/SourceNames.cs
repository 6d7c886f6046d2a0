using System.Globalization;
using System.Text;

namespace AiStack.Ingest.Connectors;

/// <summary>Names of files, made of what a source calls its documents.</summary>
internal static class SourceNames
{
    private const int MaxLength = 200;
    private const int MaxEnding = 12;
    private const string Nameless = "document";

    // No system has these in names of files.
    private const string Forbidden = "<>:\"|?*\\/";

    private static readonly Dictionary<string, string> _endings = new(StringComparer.OrdinalIgnoreCase)
    {
        ["text/html"] = ".html",
        ["application/xhtml+xml"] = ".html",
        ["text/plain"] = ".txt",
        ["text/markdown"] = ".md",
        ["text/csv"] = ".csv",
        ["application/json"] = ".json",
        ["application/xml"] = ".xml",
        ["text/xml"] = ".xml",
        ["application/pdf"] = ".pdf",
        ["application/rtf"] = ".rtf",
        ["application/epub+zip"] = ".epub",
        ["message/rfc822"] = ".eml",
        ["application/vnd.openxmlformats-officedocument.wordprocessingml.document"] = ".docx",
        ["application/vnd.openxmlformats-officedocument.presentationml.presentation"] = ".pptx",
        ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"] = ".xlsx",
        ["application/vnd.oasis.opendocument.text"] = ".odt",
    };

    /// <summary>The ending that files of a media type have; null where none is known.</summary>
    public static string? Ending(string? mediaType) =>
        mediaType is null ? null : _endings.GetValueOrDefault(mediaType);

    /// <summary>The last part of a path as a name of a file.</summary>
    /// <param name="ending">The ending that it must have; null leaves it as it is.</param>
    public static string OfPath(string path, string? ending = null) =>
        Of(path.TrimEnd('/', '\\') is var trimmed ? trimmed[(trimmed.LastIndexOfAny(['/', '\\']) + 1)..] : "", ending);

    /// <summary>A title as a name of a file: separators, and letters that no name has, are spaces in it.</summary>
    /// <param name="ending">The ending that it must have; null leaves it as it is.</param>
    public static string Of(string title, string? ending = null)
    {
        var name = new StringBuilder(Math.Min(title.Length, MaxLength));
        foreach (var rune in title.EnumerateRunes())
        {
            var isName = !(rune.IsBmp && Forbidden.Contains((char)rune.Value)) && Rune.GetUnicodeCategory(rune) is not (
                UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate)
                && rune != Rune.ReplacementChar;
            name.Append(isName ? rune.ToString() : " ");
        }

        var clean = string.Join(' ', name.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries)).Trim('.', ' ');
        clean = clean.Length == 0 ? Nameless : clean;
        var own = Path.GetExtension(clean) is { Length: <= MaxEnding } found ? found : "";
        var wanted = ending is null || SameEnding(own, ending) ? own : ending;
        var stem = wanted == own ? clean[..^own.Length] : clean;
        return Cut(stem, MaxLength - wanted.Length) + wanted;
    }

    private static bool SameEnding(string own, string wanted) =>
        string.Equals(own, wanted, StringComparison.OrdinalIgnoreCase)
        || (wanted == ".html" && string.Equals(own, ".htm", StringComparison.OrdinalIgnoreCase))
        || (wanted == ".md" && string.Equals(own, ".markdown", StringComparison.OrdinalIgnoreCase));

    /// <summary>A letter of two code units is not cut in half.</summary>
    private static string Cut(string text, int length) => text.Length <= length
        ? text
        : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
