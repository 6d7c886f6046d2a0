using UglyToad.PdfPig;
using UglyToad.PdfPig.Exceptions;

namespace AiStack.Ingest.Parsing;

/// <summary>
/// PDF, by PdfPig: each page's text in the order in which its author's program wrote it, which keeps columns and the
/// rows of tables together better than PdfPig's layout analysis does. See docs/decisions/0021.
/// </summary>
internal sealed class PdfParser(ParsingOptions limits) : IDocumentParser
{
    public ParsedDocument Parse(Stream content, CancellationToken cancellationToken)
    {
        using var pdf = Open(content);
        if (pdf.NumberOfPages > limits.MaxPages)
        {
            throw ParsingLimit.Invalid($"The PDF has {pdf.NumberOfPages} pages; the limit is {limits.MaxPages}.");
        }

        var lines = new List<PdfLine>();
        var length = 0;
        for (var number = 1; number <= pdf.NumberOfPages; number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var line in PdfLine.Of(pdf.GetPage(number)))
            {
                lines.Add(line);
                length += line.Text.Length;
            }

            if (length > limits.MaxTextLength)
            {
                throw ParsingLimit.TextTooLong(limits);
            }
        }

        if (length == 0)
        {
            throw ParsingLimit.Invalid(
                "The PDF holds no text: its pages are probably scanned pictures. Run text recognition (OCR) first.");
        }

        var collector = new TextCollector(limits, "pdf 1");
        new PdfText(lines, pdf.NumberOfPages).WriteTo(collector);
        return collector.ToDocument();
    }

    private static PdfDocument Open(Stream content)
    {
        try
        {
            return PdfDocument.Open(
                content, new UglyToad.PdfPig.ParsingOptions { UseLenientParsing = true, SkipMissingFonts = true });
        }
        catch (PdfDocumentEncryptedException)
        {
            throw ParsingLimit.Invalid("The PDF is protected by a password. Upload it without one.");
        }
    }
}
