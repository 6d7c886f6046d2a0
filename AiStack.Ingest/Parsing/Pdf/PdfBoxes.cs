using UglyToad.PdfPig.Core;

namespace AiStack.Ingest.Parsing.Pdf;

/// <summary>Boxes may be turned, or given by any two corners.</summary>
internal static class PdfBoxes
{
    /// <summary>The upright box around a box.</summary>
    public static PdfRectangle Upright(this PdfRectangle box)
    {
        var (one, two, three, four) = (box.BottomLeft, box.BottomRight, box.TopLeft, box.TopRight);
        return new(
            Math.Min(Math.Min(one.X, two.X), Math.Min(three.X, four.X)),
            Math.Min(Math.Min(one.Y, two.Y), Math.Min(three.Y, four.Y)),
            Math.Max(Math.Max(one.X, two.X), Math.Max(three.X, four.X)),
            Math.Max(Math.Max(one.Y, two.Y), Math.Max(three.Y, four.Y)));
    }
}
