using AiStack.Contracts;

namespace AiStack.Retrieval.Indexing;

/// <summary>Asks for the vectors of a file that its words find already.</summary>
internal sealed record EmbedFile(
    Id<VectorStore> VectorStoreId, Id<StoredFile> FileId, Id<Revision> RevisionId, EmbedPart Part = EmbedPart.Chunks)
{
    public const string Queue = "retrieval.embed-file";
}

/// <summary>Which vectors are made.</summary>
internal enum EmbedPart
{
    /// <summary>Those of its chunks, by which it is found.</summary>
    Chunks,

    /// <summary>Those of its sentences, by which what was found is ordered: three times as much work.</summary>
    Sentences,
}
