using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace AiStack.Ingest.Parsing.Word;

/// <summary>The footnotes, endnotes and comments of a document, by the marks in its text that lead to them.</summary>
internal sealed class DocxNotes
{
    private readonly Dictionary<(Type Kind, string Id), string> _notes = [];
    private readonly HashSet<(Type, string)> _used = [];

    public DocxNotes(MainDocumentPart part, ReportBuilder report, DocxStyles styles)
    {
        // Notes in notes are not followed: they could lead in a circle.
        var inline = new DocxInline(report, styles, notes: null);

        // The first notes are the lines that part notes from text: they have a type, and others have none.
        foreach (var note in part.FootnotesPart?.Footnotes?.Elements<Footnote>().Where(IsText) ?? [])
        {
            Add(typeof(FootnoteReference), $"{note.Id?.Value}", "Note", note, inline);
        }

        foreach (var note in part.EndnotesPart?.Endnotes?.Elements<Endnote>().Where(IsText) ?? [])
        {
            Add(typeof(EndnoteReference), $"{note.Id?.Value}", "Note", note, inline);
        }

        foreach (var comment in part.WordprocessingCommentsPart?.Comments?.Elements<Comment>() ?? [])
        {
            var author = comment.Author?.Value is { Length: > 0 } name ? $"Comment by {name}" : "Comment";
            Add(typeof(CommentReference), comment.Id?.Value ?? "", author, comment, inline);
        }
    }

    /// <summary>The note that a mark leads to; null when there is none, or it was given before.</summary>
    public string? Take(OpenXmlElement mark)
    {
        var id = mark switch
        {
            FootnoteEndnoteReferenceType note => $"{note.Id?.Value}",
            CommentReference comment => comment.Id?.Value ?? "",
            _ => "",
        };
        return _notes.TryGetValue((mark.GetType(), id), out var text) && _used.Add((mark.GetType(), id)) ? text : null;
    }

    /// <summary>What no mark led to.</summary>
    public IEnumerable<string> Unused() => _notes.Where(note => !_used.Contains(note.Key)).Select(note => note.Value);

    private static bool IsText(FootnoteEndnoteType note) =>
        note.Type?.InnerText is null or "normal";

    private void Add(Type kind, string id, string title, OpenXmlElement note, DocxInline inline)
    {
        var text = string.Join(' ', note.Descendants<Paragraph>().Select(inline.Text)).Trim();
        if (text.Length > 0)
        {
            _notes.TryAdd((kind, id), $"[{title}: {text}]");
        }
    }
}
