using System.Text;
using System.Xml.Linq;

namespace AiStack.Ingest.Parsing.Records;

/// <summary>Writes XML whose elements stand in running text: a book, an article, a manual.</summary>
internal sealed class XmlText(TextCollector collector, CancellationToken cancellationToken)
{
    private const int MaxHeadingLevel = 9;

    /// <summary>True for an element in which words and elements stand side by side.</summary>
    public static bool IsText(XElement element) =>
        element.HasElements && element.Nodes().OfType<XText>().Any(text => !string.IsNullOrWhiteSpace(text.Value));

    public void Add(XElement element, int depth)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var isTitle = element.Name.LocalName.ToLowerInvariant() is "title" or "head" or "heading";
        if (!element.HasElements || IsText(element) || isTitle)
        {
            if (isTitle)
            {
                collector.Heading(Math.Clamp(depth - 1, 1, MaxHeadingLevel), Words(element));
            }
            else
            {
                collector.Paragraph(Words(element));
            }

            return;
        }

        foreach (var child in element.Elements())
        {
            Add(child, depth + 1);
        }
    }

    /// <summary>Elements beside one another without words between them are apart.</summary>
    private static string Words(XElement element)
    {
        if (!element.HasElements)
        {
            return element.Value;
        }

        var text = new StringBuilder();
        Append(element, text);
        return text.ToString();
    }

    private static void Append(XElement element, StringBuilder text)
    {
        foreach (var node in element.Nodes())
        {
            if (node is XText words)
            {
                text.Append(words.Value);
            }
            else if (node is XElement child)
            {
                var isApart = child.PreviousNode is XElement || IsText(child);
                _ = isApart ? text.Append(' ') : text;
                Append(child, text);
                _ = isApart ? text.Append(' ') : text;
            }
        }
    }
}
