using System.Text;
using System.Xml;
using System.Xml.Linq;
using CodeHollow.FeedReader;

namespace AiStack.Ingest.Connectors.Feed;

/// <summary>Parses feeds: what is dangerous in XML is left out before the feeds' library sees it.</summary>
internal static class FeedText
{
    private static readonly XmlReaderSettings _xml = new()
    {
        // Old feeds name a document type, which is not read; entities of its own are then not known.
        DtdProcessing = DtdProcessing.Ignore,
        XmlResolver = null,
        CheckCharacters = false,
    };

    /// <exception cref="SourceException">It is no feed.</exception>
    public static IEnumerable<FeedItem> Read(MemoryStream bytes)
    {
        try
        {
            var start = bytes.GetBuffer().AsSpan(0, (int)bytes.Length).TrimStart(" \r\n\t"u8);
            if (start is [(byte)'{', ..])
            {
                return FeedReader.ReadFromString(Encoding.UTF8.GetString(start)).Items;
            }

            using var reader = XmlReader.Create(bytes, _xml);
            return FeedReader.ReadFromString(XDocument.Load(reader).ToString()).Items;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new SourceException("What is at 'url' is no feed of RSS, Atom or JSON.", exception);
        }
    }
}
