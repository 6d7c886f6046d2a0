using UglyToad.PdfPig.Annotations;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Tokens;

namespace AiStack.Ingest.Parsing.Pdf;

/// <summary>What readers wrote on a page: notes, text boxes, remarks on what they marked.</summary>
internal static class PdfComments
{
    private const int MaxComments = 1_000;

    public static List<PdfLine> Of(Page page) => [.. Remarks(page)];

    private static IEnumerable<PdfLine> Remarks(Page page)
    {
        foreach (var annotation in page.GetAnnotations().Where(IsRemark).Take(MaxComments))
        {
            var author = annotation.AnnotationDictionary.TryGet(NameToken.T, out var token)
                ? (token as IDataToken<string>)?.Data : null;
            var kind = annotation.InReplyTo is null ? "Comment" : "Reply";
            var by = string.IsNullOrWhiteSpace(author) ? "" : $" by {author.Trim()}";
            yield return new(page.Number, $"[{kind}{by}: {annotation.Content!.Trim()}]", 0, 0)
            {
                Kind = PdfLineKind.Remark,
            };
        }
    }

    // A popup repeats the remark that it opens for.
    private static bool IsRemark(Annotation annotation) =>
        !string.IsNullOrWhiteSpace(annotation.Content) && annotation.Type is not (
            AnnotationType.Link or AnnotationType.Popup or AnnotationType.Widget or AnnotationType.PrinterMark
            or AnnotationType.TrapNet or AnnotationType.Watermark or AnnotationType.Screen or AnnotationType.Movie);
}
