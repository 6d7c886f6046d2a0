using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;

namespace AiStack.Ingest.Parsing.Pdf;

/// <summary>A rule: it stands at one place and reaches from one to another, across or up.</summary>
internal readonly record struct PdfRule(double At, double From, double To)
{
    public bool Reaches(double at, double slack) => at >= From - slack && at <= To + slack;
}

/// <summary>The straight rules of a page, drawn as lines or as thin boxes, or as the sides of boxes.</summary>
internal sealed class PdfRules
{
    /// <summary>A drawing of more is no table.</summary>
    private const int MaxRules = 4_000;

    /// <summary>What is thinner is a rule.</summary>
    private const double MaxWidth = 3;

    private const double MinLength = 6;

    public List<PdfRule> Across { get; } = [];

    public List<PdfRule> Up { get; } = [];

    public static PdfRules Of(Page page)
    {
        var rules = new PdfRules();
        foreach (var subpath in page.Paths.Where(path => path.IsStroked || path.IsFilled).SelectMany(path => path))
        {
            if (subpath.GetDrawnRectangle() is { } box)
            {
                rules.AddBox(box.Upright());
            }
            else
            {
                rules.AddLines(subpath);
            }

            if (rules.Across.Count + rules.Up.Count > MaxRules)
            {
                return new();
            }
        }

        return rules;
    }

    private void AddBox(PdfRectangle box)
    {
        if (box.Height <= MaxWidth || box.Width <= MaxWidth)
        {
            var isUp = box.Height > box.Width;
            Add(isUp, isUp ? (box.Left + box.Right) / 2 : (box.Bottom + box.Top) / 2,
                isUp ? box.Bottom : box.Left, isUp ? box.Top : box.Right);
            return;
        }

        Add(false, box.Bottom, box.Left, box.Right);
        Add(false, box.Top, box.Left, box.Right);
        Add(true, box.Left, box.Bottom, box.Top);
        Add(true, box.Right, box.Bottom, box.Top);
    }

    private void AddLines(PdfSubpath subpath)
    {
        foreach (var line in subpath.Commands.OfType<PdfSubpath.Line>())
        {
            var (from, to) = (line.From, line.To);
            if (Math.Abs(from.Y - to.Y) < 1)
            {
                Add(false, from.Y, Math.Min(from.X, to.X), Math.Max(from.X, to.X));
            }
            else if (Math.Abs(from.X - to.X) < 1)
            {
                Add(true, from.X, Math.Min(from.Y, to.Y), Math.Max(from.Y, to.Y));
            }
        }
    }

    private void Add(bool isUp, double at, double from, double to)
    {
        if (to - from >= MinLength)
        {
            (isUp ? Up : Across).Add(new(at, from, to));
        }
    }
}
