using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using AiStack.Ingest.Parsing.Archives;
using AiStack.Ingest.Parsing.Encodings;

namespace AiStack.Ingest.Parsing.Records;

/// <summary>
/// XML: one of values as paths and values, as JSON is; one of text, in which elements stand between words, as text.
/// </summary>
internal sealed partial class XmlParser(ParsingOptions limits, string? charset = null) : IDocumentParser
{
    private const int DeclarationBytes = 200;

    public ParsedDocument Parse(Stream content, CancellationToken cancellationToken)
    {
        var collector = new TextCollector(limits, "xml 1");
        var declared = Declared(content) ?? charset;
        var xml = TextDecoder.DecodeMarkup(content, limits, collector.Report, declared);
        var root = Load(xml, cancellationToken);
        if (root.DescendantsAndSelf().Any(XmlText.IsText))
        {
            new XmlText(collector, cancellationToken).Add(root, depth: 1);
        }
        else
        {
            using var document = XmlValues.ToJson(root, limits);
            new JsonText(collector, limits, cancellationToken).Add(document.RootElement);
        }

        return collector.ToDocument();
    }

    private XElement Load(string xml, CancellationToken cancellationToken)
    {
        // With entities of its own a file grows without end, or names files of ours.
        if (Entity().IsMatch(xml))
        {
            throw ParsingLimit.Invalid(
                "The XML has a DTD with entities of its own, which are not read. Save it without.");
        }

        try
        {
            XmlLimits.Check(new StringReader(xml), "XML", limits, cancellationToken);
            using var reader = XmlReader.Create(new StringReader(xml), XmlLimits.Settings);
            return XElement.Load(reader);
        }
        catch (XmlException exception)
        {
            throw ParsingLimit.Invalid($"The XML is not valid: see line {exception.LineNumber}.");
        }
    }

    private static string? Declared(Stream content)
    {
        var head = new byte[DeclarationBytes];
        var length = content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        content.Position = 0;
        var declared = Declaration().Match(Encoding.Latin1.GetString(head, 0, length));
        return declared.Success ? declared.Groups["name"].Value : null;
    }

    [GeneratedRegex("""^\s{0,20}<\?xml[^>]{0,100}encoding\s*=\s*["'](?<name>[\w-]{1,40})""", RegexOptions.None, 1_000)]
    private static partial Regex Declaration();

    [GeneratedRegex("<!ENTITY", RegexOptions.None, 1_000)]
    private static partial Regex Entity();
}
