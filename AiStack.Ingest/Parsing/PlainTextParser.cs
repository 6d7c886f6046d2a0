namespace AiStack.Ingest.Parsing;

/// <summary>Text as it is; blank lines part its paragraphs.</summary>
internal sealed class PlainTextParser(ParsingOptions limits) : IDocumentParser
{
    public ParsedDocument Parse(Stream content, CancellationToken cancellationToken)
    {
        var collector = new TextCollector(limits, "text 1");
        collector.Lines(TextDecoder.Decode(content, limits));
        return collector.ToDocument();
    }
}
