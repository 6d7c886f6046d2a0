using System.Text;
using AiStack.Ingest.Parsing.Encodings;

namespace AiStack.Ingest.Parsing.Office;

/// <summary>
/// RTF, by a reader of our own, since no kept package is on the feed: text, tables, notes, hidden text.
/// </summary>
internal sealed class RtfParser(ParsingOptions limits) : IDocumentParser
{
    public ParsedDocument Parse(Stream content, CancellationToken cancellationToken)
    {
        if (content.Length > limits.MaxUnpackedBytes)
        {
            throw ParsingLimit.Invalid($"The RTF has more than {limits.MaxUnpackedBytes} bytes, which is the limit.");
        }

        var bytes = new byte[content.Length];
        content.ReadExactly(bytes);
        var collector = new TextCollector(limits, "rtf 1");
        CodePages.Register();
        var reader = new RtfReader(bytes, limits, new RtfText(collector), cancellationToken);
        reader.Read();
        return collector.ToDocument();
    }
}

/// <summary>What the text of a group looks like, and whether it is text at all.</summary>
internal sealed record RtfState(
    bool IsSkipped = false, bool IsHidden = false, bool IsStruck = false, bool IsDeleted = false, int UnicodeSkip = 1,
    Encoding? Encoding = null, RtfPlace Place = RtfPlace.Body);

internal enum RtfPlace
{
    Body,
    FontTable,
    Info,
    Note,
    Header,
    Footer,
}
