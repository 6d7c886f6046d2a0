using UglyToad.PdfPig;
using UglyToad.PdfPig.Outline;

namespace AiStack.Ingest.Parsing.Pdf;

/// <summary>The document's own list of its sections (bookmarks): a line that is one of them is a heading.</summary>
internal sealed class PdfOutline
{
    private const int MaxEntries = 20_000;

    private readonly Dictionary<int, List<(string Title, int Level)>> _entries = [];

    public static PdfOutline Of(PdfDocument pdf)
    {
        var outline = new PdfOutline();
        if (pdf.TryGetBookmarks(out var bookmarks))
        {
            foreach (var node in bookmarks.GetNodes().OfType<DocumentBookmarkNode>().Take(MaxEntries))
            {
                if (Plain(node.Title) is { Length: > 1 } title)
                {
                    var entries = outline._entries.TryGetValue(node.PageNumber, out var known) ? known
                        : outline._entries[node.PageNumber] = [];
                    entries.Add((title, node.Level + 1));
                    outline.Depth = Math.Max(outline.Depth, node.Level + 1);
                }
            }
        }

        return outline;
    }

    /// <summary>The deepest level; 0 where there is no outline.</summary>
    public int Depth { get; private set; }

    /// <summary>How deep a line of a page stands in the outline, or null where it is not in it.</summary>
    public int? LevelOf(int page, string line)
    {
        if (!_entries.TryGetValue(page, out var entries))
        {
            return null;
        }

        var plain = Plain(line);
        foreach (var (title, level) in entries)
        {
            // A section's number may be in the line alone, or in the outline alone.
            if (plain.Length > 1 && (plain == title || IsNumbered(plain, title) || IsNumbered(title, plain)))
            {
                return level;
            }
        }

        return null;
    }

    private static bool IsNumbered(string longer, string shorter) =>
        longer.EndsWith(shorter, StringComparison.Ordinal) && shorter.Any(char.IsLetter)
        && longer[..^shorter.Length] is var number
        && (number.All(char.IsDigit) || number.Length == 1 || number.StartsWith("chapter", StringComparison.Ordinal));

    private static string Plain(string text) =>
        string.Concat(text.Normalize(System.Text.NormalizationForm.FormKC).Where(char.IsLetterOrDigit))
            .ToLowerInvariant();
}
