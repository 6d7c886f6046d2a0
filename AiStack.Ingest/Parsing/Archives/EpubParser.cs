using System.IO.Compression;
using System.Xml;
using System.Xml.Linq;
using AiStack.Ingest.Parsing.Encodings;
using AiStack.Ingest.Parsing.Web;

namespace AiStack.Ingest.Parsing.Archives;

/// <summary>EPUB: its chapters in the order in which they are read, as the web pages that they are.</summary>
internal sealed class EpubParser(ParsingOptions limits) : IDocumentParser
{
    public ParsedDocument Parse(Stream content, CancellationToken cancellationToken)
    {
        new OfficePackage("EPUB", limits, cancellationToken, mayHaveDtd: true).Check(content);
        using var archive = new ZipArchive(content, ZipArchiveMode.Read, leaveOpen: true);
        var collector = new TextCollector(limits, "epub 1");
        var packagePath = Xml(archive, "META-INF/container.xml", cancellationToken)?.Descendants()
            .FirstOrDefault(element => element.Name.LocalName == "rootfile")?.Attribute("full-path")?.Value;
        if (packagePath is null || Xml(archive, packagePath, cancellationToken) is not { } package)
        {
            throw ParsingLimit.Invalid("The EPUB is damaged: it does not say what its chapters are.");
        }

        foreach (var element in package.Elements().Where(part => part.Name.LocalName == "metadata").Elements())
        {
            collector.Report.Attribute(element.Name.LocalName, element.Value);
        }

        var folder = packagePath[..(packagePath.LastIndexOf('/') + 1)];
        foreach (var chapter in Chapters(package))
        {
            cancellationToken.ThrowIfCancellationRequested();
            AddChapter(archive, Combine(folder, chapter), collector, cancellationToken);
        }

        return collector.ToDocument();
    }

    private static IEnumerable<string> Chapters(XElement package)
    {
        var files = package.Descendants().Where(element => element.Name.LocalName == "item")
            .GroupBy(item => item.Attribute("id")?.Value ?? "")
            .ToDictionary(group => group.Key, group => group.First().Attribute("href")?.Value ?? "");
        return package.Descendants().Where(element => element.Name.LocalName == "itemref")
            .Select(item => files.GetValueOrDefault(item.Attribute("idref")?.Value ?? "") ?? "")
            .Where(file => file.Length > 0).Distinct(StringComparer.Ordinal);
    }

    /// <summary>A chapter may lie beside the folder of the package: <c>../text/one.xhtml</c>.</summary>
    private static string Combine(string folder, string chapter)
    {
        var path = new List<string>();
        foreach (var name in (folder + Uri.UnescapeDataString(chapter.Split('#')[0])).Split('/'))
        {
            if (name == ".." && path.Count > 0)
            {
                path.RemoveAt(path.Count - 1);
            }
            else if (name is not ("." or ".." or ""))
            {
                path.Add(name);
            }
        }

        return string.Join('/', path);
    }

    private void AddChapter(
        ZipArchive archive, string path, TextCollector collector, CancellationToken cancellationToken)
    {
        if (archive.GetEntry(path) is not { } entry)
        {
            collector.Report.Warn("part_not_read", "A chapter that the book names is not in it.", path);
            return;
        }

        using var page = Open(entry);
        var html = TextDecoder.DecodeMarkup(page, limits, collector.Report);
        HtmlParser.Write(html, collector, limits, cancellationToken);
    }

    private XElement? Xml(ZipArchive archive, string path, CancellationToken cancellationToken)
    {
        if (archive.GetEntry(path) is not { } entry)
        {
            return null;
        }

        using (var check = new StreamReader(entry.Open()))
        {
            XmlLimits.Check(check, "EPUB", limits, cancellationToken);
        }

        using var reader = XmlReader.Create(entry.Open(), XmlLimits.Settings);
        return XElement.Load(reader);
    }

    private static MemoryStream Open(ZipArchiveEntry entry)
    {
        var content = new MemoryStream();
        using var packed = entry.Open();
        packed.CopyTo(content);
        content.Position = 0;
        return content;
    }
}
