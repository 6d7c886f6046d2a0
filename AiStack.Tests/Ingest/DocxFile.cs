using System.IO.Compression;
using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace AiStack.Tests.Ingest;

/// <summary>Makes Word documents: good ones by the Open XML SDK, bad ones by hand.</summary>
internal static class DocxFile
{
    private const string ContentTypes =
        """
        <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
        <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
        <Override PartName="/word/document.xml"
            ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>
        """;

    private const string Relationships =
        """
        <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1"
            Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
            Target="word/document.xml"/></Relationships>
        """;

    public static byte[] Of(params OpenXmlElement[] body)
    {
        var content = new MemoryStream();
        using (var document = WordprocessingDocument.Create(content, WordprocessingDocumentType.Document))
        {
            var part = document.AddMainDocumentPart();
            part.Document = new Document(new Body(body));
            part.AddNewPart<StyleDefinitionsPart>().Styles = new Styles(
                Style("berschrift1", "heading 1"), Style("berschrift2", "heading 2"), Style("Verzeichnis1", "toc 1"));
        }

        return content.ToArray();
    }

    public static Paragraph Paragraph(string text, string? style = null, bool isItem = false, int level = 0)
    {
        var properties = new ParagraphProperties();
        if (style is not null)
        {
            properties.ParagraphStyleId = new() { Val = style };
        }

        if (isItem)
        {
            properties.NumberingProperties = new(
                new NumberingLevelReference { Val = level }, new NumberingId { Val = 1 });
        }

        return new(properties, new Run(new Text(text)));
    }

    public static Table Table(params string[][] rows) => new(rows.Select(row => new TableRow(
        row.Select(cell => new TableCell(new Paragraph(new Run(new Text(cell))))))));

    /// <summary>A package whose main part is written by hand: <paramref name="document"/> is all of its XML.</summary>
    public static byte[] WithDocument(Action<TextWriter> document, int otherParts = 0)
    {
        var content = new MemoryStream();
        using (var archive = new ZipArchive(content, ZipArchiveMode.Create))
        {
            Add(archive, "[Content_Types].xml", writer => writer.Write(ContentTypes));
            Add(archive, "_rels/.rels", writer => writer.Write(Relationships));
            Add(archive, "word/document.xml", document);
            for (var i = 0; i < otherParts; i++)
            {
                archive.CreateEntry($"word/media/{i}.bin");
            }
        }

        return content.ToArray();
    }

    public static string Xml(string body) =>
        $"""
        <w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>
        {body}</w:body></w:document>
        """;

    private static Style Style(string id, string name) =>
        new(new StyleName { Val = name }) { StyleId = id, Type = StyleValues.Paragraph };

    private static void Add(ZipArchive archive, string name, Action<TextWriter> write)
    {
        using var writer = new StreamWriter(archive.CreateEntry(name, CompressionLevel.Fastest).Open(), Encoding.UTF8);
        write(writer);
    }
}
