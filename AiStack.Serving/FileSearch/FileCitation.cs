using AiStack.Contracts;

namespace AiStack.Serving.FileSearch;

/// <summary>
/// OpenAI's <c>file_citation</c> annotation, and what it leaves out: where in the file the quoted words are. Offsets
/// point into the file's extracted text (<c>GET /api/files/{id}/text</c>), in UTF-16 code units.
/// </summary>
/// <param name="Index">Where in the answer's text the citation belongs: behind the words that rely on it.</param>
internal sealed record FileCitation(
    int Index,
    Id<StoredFile> FileId,
    string Filename,
    Id<Chunk> ChunkId,
    Id<VectorStore> VectorStoreId,
    int Start,
    int End,
    int? Page,
    string? Heading,
    string? Quote)
{
    public string Type { get; } = "file_citation";

    public static FileCitation From(PassageCitation citation, int index) => new(
        index,
        citation.Passage.FileId,
        citation.Passage.Filename,
        citation.Passage.ChunkId,
        citation.Passage.VectorStoreId,
        citation.Start,
        citation.End,
        citation.Passage.Page,
        citation.Passage.Heading,
        citation.Quote);
}
