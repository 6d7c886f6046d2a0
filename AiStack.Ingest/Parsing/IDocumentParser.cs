namespace AiStack.Ingest.Parsing;

/// <summary>
/// Reads one format. It is handed a seekable stream and a thread of its own with a deep stack; what it cannot read it
/// throws, as <see cref="UnreadableDocumentException"/> or as its library does.
/// </summary>
internal interface IDocumentParser
{
    ParsedDocument Parse(Stream content, CancellationToken cancellationToken);
}
