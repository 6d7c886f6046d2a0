using System.Globalization;
using AiStack.Ingest.Parsing.Pdf;
using UglyToad.PdfPig;

namespace AiStack.Ingest.Parsing;

/// <summary>Says of a PDF what its text does not hold, and fails it where that is nearly all.</summary>
internal sealed class PdfReport(ReportBuilder report)
{
    private readonly List<int> _withoutText = [];
    private readonly List<int> _unreadable = [];
    private int _pages;

    public void Describe(PdfDocument pdf)
    {
        _pages = pdf.NumberOfPages;
        report.Pages = _pages;
        var said = pdf.Information;
        report.Attribute("title", said.Title?.Trim() ?? "");
        report.Attribute("author", said.Author?.Trim() ?? "");
        report.Attribute("subject", said.Subject?.Trim() ?? "");
        report.Attribute("created", said.GetCreatedDateTimeOffset()?.ToString("O", CultureInfo.InvariantCulture) ?? "");
    }

    /// <summary>
    /// A part that is beside the pages' text: where it is broken, the text is still worth reading.
    /// </summary>
    public T? Try<T>(string code, string part, Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
#pragma warning disable CA1031 // PdfPig throws what it likes at a broken part, and the pages may be whole.
        catch (Exception exception) when (exception is not (OutOfMemoryException or OperationCanceledException))
#pragma warning restore CA1031
        {
            report.Warn(code, $"{part} could not be read: they are damaged.");
            return null;
        }
    }

    public void Add(PdfPageText page)
    {
        report.Pictures += page.Pictures;
        report.Tables += page.Lines.Count(line => line.Kind == PdfLineKind.Table && line.IsBold);
        var place = $"page {page.Number}";
        if (page.Hidden > 0)
        {
            report.Note(
                "invisible_text", "Text that nobody sees on the page was left out; counted in characters.", place,
                page.Hidden);
        }

        if (page.IsRecognized)
        {
            report.Note("recognized_text", "A scanned page's text is what text recognition (OCR) read before.", place);
        }

        if (page.IsUnreadable)
        {
            _unreadable.Add(page.Number);
        }

        if (!page.HasText)
        {
            _withoutText.Add(page.Number);
            report.PageWithoutText(page.Number);
        }
    }

    public void Repeated(int lines)
    {
        if (lines > 0)
        {
            report.Note("repeated_lines", "Headers and footers of several pages are in the text once.", null, lines);
        }
    }

    public void Finish(bool hasText)
    {
        if (_unreadable.Count > 0)
        {
            if (_unreadable.Count * 2 >= _pages - _withoutText.Count + _unreadable.Count || !hasText)
            {
                throw ParsingLimit.Invalid(
                    $"The text of {_unreadable.Count} of {_pages} pages cannot be read: its fonts do not say which "
                    + "letters they draw. Run text recognition (OCR) first.");
            }

            report.Warn(
                "unreadable_text",
                $"The text of {_unreadable.Count} of {_pages} pages was left out: its fonts do not say which letters "
                + "they draw. Text recognition (OCR) can read it.", $"page {_unreadable[0]}", _unreadable.Count);
        }

        if (!hasText)
        {
            throw ParsingLimit.Invalid(
                "The PDF holds no text: its pages are probably scanned pictures. Run text recognition (OCR) first.");
        }

        if (_withoutText.Count > 0)
        {
            report.Warn(
                "pages_without_text",
                $"{_withoutText.Count} of {_pages} pages hold no text that can be read: they may be scanned pictures. "
                + "Run text recognition (OCR) first.", $"page {_withoutText[0]}", _withoutText.Count);
        }
    }
}
