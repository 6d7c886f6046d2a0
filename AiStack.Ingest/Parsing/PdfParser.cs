using UglyToad.PdfPig;
using UglyToad.PdfPig.DocumentLayoutAnalysis.TextExtractor;
using UglyToad.PdfPig.Exceptions;

namespace AiStack.Ingest.Parsing;

/// <summary>PDF, by PdfPig: the text of each page in reading order.</summary>
internal sealed class PdfParser(ParsingOptions limits) : IDocumentParser
{
    public ParsedDocument Parse(Stream content, CancellationToken cancellationToken)
    {
        using var pdf = Open(content);
        if (pdf.NumberOfPages > limits.MaxPages)
        {
            throw Invalid($"The PDF has {pdf.NumberOfPages} pages; the limit is {limits.MaxPages}.");
        }

        var collector = new TextCollector(limits);
        var hasText = false;
        for (var number = 1; number <= pdf.NumberOfPages; number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var text = ContentOrderTextExtractor.GetText(pdf.GetPage(number), addDoubleNewline: true);
            hasText |= !string.IsNullOrWhiteSpace(text);
            collector.BeginPage(number);
            foreach (var paragraph in text.ReplaceLineEndings("\n").Split("\n\n"))
            {
                collector.Paragraph(paragraph);
            }
        }

        return hasText
            ? collector.ToDocument()
            : throw Invalid("The PDF holds no text: its pages are probably scanned pictures. Run text recognition (OCR) first.");
    }

    private static PdfDocument Open(Stream content)
    {
        try
        {
            return PdfDocument.Open(content, new UglyToad.PdfPig.ParsingOptions { UseLenientParsing = true, SkipMissingFonts = true });
        }
        catch (PdfDocumentEncryptedException)
        {
            throw Invalid("The PDF is protected by a password. Upload it without one.");
        }
    }

    private static UnreadableDocumentException Invalid(string message) => new(UnreadableDocumentException.Invalid, message);
}
