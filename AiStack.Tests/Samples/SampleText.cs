using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;
using UglyToad.PdfPig;
using UglyToad.PdfPig.DocumentLayoutAnalysis.TextExtractor;

namespace AiStack.Tests.Samples;

/// <summary>A sample's text, read without Ingest's parsers, so that the corpus does not depend on them.</summary>
internal static class SampleText
{
    /// <summary>The text in lower case, with one space for each run of white space.</summary>
    public static string Read(string path)
    {
        var file = Path.Combine(SampleCorpus.Folder, path);
        return Normalize(Path.GetExtension(path) switch
        {
            ".pdf" => string.Join('\n', PdfPages(file)),
            ".docx" => string.Join('\n', DocxParagraphs(file).Select(paragraph => paragraph.InnerText)),
            _ => File.ReadAllText(file),
        });
    }

    public static string Normalize(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();

    public static List<string> PdfPages(string file)
    {
        using var document = PdfDocument.Open(file);
        return [.. document.GetPages().Select(page => ContentOrderTextExtractor.GetText(page))];
    }

    public static List<Paragraph> DocxParagraphs(string file)
    {
        using var document = WordprocessingDocument.Open(file, isEditable: false);
        return [.. document.MainDocumentPart!.Document!.Descendants<Paragraph>()];
    }
}
