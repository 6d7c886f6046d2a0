using UglyToad.PdfPig.Core;

namespace AiStack.Ingest.Parsing.Pdf;

/// <summary>Finds the label of a form's field on its page, and puts what was filled in behind it.</summary>
internal sealed class PdfLabels(List<PdfSegment> segments)
{
    /// <summary>A label this far to the left, in points, still is one.</summary>
    private const double MaxLeft = 300;

    /// <summary>A label this near is the field's rather than one above it.</summary>
    private const double Near = 60;

    private const double MaxRight = 40;

    public List<PdfSegment> Segments => segments;

    /// <summary>Whether the page shows the value already: it was printed into the page as well.</summary>
    public bool Shows(PdfField field, PdfRectangle place) => field.IsChecked is null && segments.Exists(
        segment => Beside(segment, place) > 0.5 && segment.Start < place.Right && segment.End > place.Left
            && segment.Text.Contains(field.Value, StringComparison.Ordinal));

    public void Attach(PdfField field, PdfRectangle place, string labeled)
    {
        var (left, right, above) = (Left(place), Right(place), Above(place));
        if (field.IsChecked is { } isChecked)
        {
            var mark = isChecked ? "[x]" : "[ ]";
            if (right is not null)
            {
                Replace(right, right.Saying([new(mark, place.Left, place.Right), .. right.Words]));
            }
            else if (left is not null)
            {
                Replace(left, left.Saying([.. left.Words, new(mark, left.End, place.Right)]));
            }
            else
            {
                Add(place, labeled);
            }

            return;
        }

        var label = left is not null && (above is null || place.Left - left.End < Near) ? left : above ?? left;
        if (label is null)
        {
            Add(place, labeled);
        }
        else
        {
            var end = label == left ? place.Right : Math.Max(label.End + 1, place.Right);
            Replace(label, label.Saying([.. label.Words, new(field.Value, label.End, end)]));
        }
    }

    private void Replace(PdfSegment label, PdfSegment filled) => segments[segments.IndexOf(label)] = filled;

    private void Add(PdfRectangle place, string text)
    {
        var size = Math.Clamp(place.Height * 0.6, 6, 12);
        segments.Add(new([new(text, place.Left, place.Right)], place.Top - (0.9 * size), size, false));
    }

    private PdfSegment? Left(PdfRectangle place) => segments
        .Where(segment => Beside(segment, place) > 0.4 && segment.End < place.Left + 4
            && place.Left - segment.End < MaxLeft)
        .MaxBy(segment => segment.End);

    private PdfSegment? Right(PdfRectangle place) => segments
        .Where(segment => Beside(segment, place) > 0.4 && segment.Start > place.Right - 4
            && segment.Start - place.Right < MaxRight)
        .MinBy(segment => segment.Start);

    private PdfSegment? Above(PdfRectangle place) => segments
        .Where(segment => segment.Bottom > place.Top - (0.5 * segment.Size)
            && segment.Bottom - place.Top < 1.2 * segment.Size
            && segment.Start < place.Right && segment.End > place.Left - 4 && segment.Start > place.Left - 40)
        .MinBy(segment => segment.Bottom);

    /// <summary>How much of a segment's height is at the field's.</summary>
    private static double Beside(PdfSegment segment, PdfRectangle place) =>
        (Math.Min(segment.Top, place.Top) - Math.Max(segment.Bottom, place.Bottom)) / (segment.Top - segment.Bottom);
}
