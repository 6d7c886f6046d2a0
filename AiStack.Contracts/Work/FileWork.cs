namespace AiStack.Contracts.Work;

/// <summary>
/// Asks Ingest to turn a file into chunks for a vector store; the answer is <see cref="FileProcessed"/>.
/// </summary>
/// <param name="MaxChunkTokens">The longest chunk.</param>
/// <param name="OverlapTokens">How much of a chunk the next one repeats; at most a half.</param>
public sealed record ProcessFile(
    Id<VectorStore> VectorStoreId, Id<StoredFile> FileId, int MaxChunkTokens, int OverlapTokens)
{
    public const string Queue = "ingest.process-file";

    /// <summary>
    /// Changes whenever parsing or chunking does: files are then read again beside what was made of them before.
    /// </summary>
    public const string Pipeline = "4";
}

/// <summary>Tells Retrieval that a file's chunks are there, or why they never will be.</summary>
/// <param name="RevisionId">Whose chunks to index; null when it failed.</param>
/// <param name="TraceParent">The W3C trace context in which it was processed; null where that was not traced.</param>
/// <param name="Reading">How it was read; null when only its index is made again.</param>
/// <param name="ProcessedBy">The run in which it was processed, as lineage names it.</param>
public sealed record FileProcessed(
    Id<VectorStore> VectorStoreId, Id<StoredFile> FileId, Id<Revision>? RevisionId, FileFailure? Failure,
    string? TraceParent = null, FileReading? Reading = null, Guid? ProcessedBy = null)
{
    public const string Queue = "retrieval.index-file";
}

/// <summary>How a file was read.</summary>
/// <param name="Pipeline">By which <see cref="ProcessFile.Pipeline"/>.</param>
/// <param name="Warnings">What to know before trusting its text: the codes of its report's warnings.</param>
/// <param name="Attributes">What the file says of itself: a mail's sender, a page's front matter.</param>
public sealed record FileReading(
    string Pipeline, IReadOnlyList<string> Warnings, IReadOnlyDictionary<string, string> Attributes);

/// <summary>Why a file cannot be used, in the words of OpenAI's <c>last_error</c>.</summary>
/// <param name="Code"><c>unsupported_file</c>, <c>invalid_file</c> or <c>server_error</c>.</param>
public sealed record FileFailure(string Code, string Message);

/// <summary>
/// Tells Retrieval that a file is gone and must leave every store; or, superseded, every store that had it before, but
/// no snapshot.
/// </summary>
/// <param name="SupersededAt">Null when it is deleted.</param>
public sealed record FileDeleted(Id<StoredFile> FileId, DateTimeOffset? SupersededAt = null)
{
    public const string Queue = "retrieval.forget-file";
}
