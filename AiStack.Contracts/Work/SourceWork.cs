using System.Text.Json.Nodes;

namespace AiStack.Contracts.Work;

/// <summary>
/// Tells Retrieval that a file of a source belongs into a store, and how: said again, with what changed.
/// The answer is <see cref="SourceFileSettled"/>.
/// </summary>
/// <param name="Told">Grows with each word of one file: only the latest counts, in whatever order they come.</param>
/// <param name="Replaces">Files that are found until this one is indexed, and leave the store as it comes.</param>
/// <param name="Attributes">Strings, numbers and booleans, which filters see.</param>
/// <param name="Principals">Who may find it; null is everyone who may search the store.</param>
public sealed record SourceFile(
    Id<Source> SourceId, Id<VectorStore> VectorStoreId, Id<StoredFile> FileId, long Told,
    IReadOnlyList<Id<StoredFile>> Replaces, IReadOnlyDictionary<string, JsonNode?> Attributes,
    IReadOnlyList<string>? Principals)
{
    public const string Queue = "retrieval.put-source-file";
}

/// <summary>Tells Ingest that a file of a source can be found now, or why it cannot.</summary>
/// <param name="FoundAt">Since when, by the database's clock; null when it cannot.</param>
public sealed record SourceFileSettled(
    Id<Source> SourceId, Id<StoredFile> FileId, FileFailure? Failure, DateTimeOffset? FoundAt = null)
{
    public const string Queue = "ingest.settle-source-file";

    /// <summary>
    /// The code of a failure that may end: the file is held by what its store expects, and may be released.
    /// </summary>
    public const string Quarantined = "quarantined";
}

/// <summary>
/// Tells Ingest that people took a file of a source out of its store by hand: the source's next run puts it back, as it
/// is at the source.
/// </summary>
public sealed record SourceFileDetached(Id<Source> SourceId, Id<StoredFile> FileId)
{
    public const string Queue = "ingest.source-file-detached";
}
