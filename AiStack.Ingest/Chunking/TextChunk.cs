namespace AiStack.Ingest.Chunking;

/// <summary>
/// A passage: the text from <paramref name="Start"/> to <paramref name="End"/>, in UTF-16 code units.
/// </summary>
internal sealed record TextChunk(int Start, int End, int TokenCount, int? Page, string? Heading)
{
    public string In(string text) => text[Start..End];
}
