using System.Text.Json.Nodes;

namespace AiStack.Ingest.Connectors;

/// <summary>A document at its source, without its bytes.</summary>
/// <param name="Id">
/// Names it at the source, always by the same id: a path, an address, a key. At most 1,024 characters.
/// </param>
/// <param name="Name">The name of its file, with the ending that says its format where there is one.</param>
internal sealed record SourceItem(string Id, string Name)
{
    /// <summary>
    /// Changes whenever the bytes do: an ETag, a hash, a time with a size. Null where the source has none: its bytes
    /// are then read in each run, and compared by their hash.
    /// </summary>
    public string? Version { get; init; }

    /// <summary>As the source says; what the bytes are counts more.</summary>
    public string? MediaType { get; init; }

    /// <summary>As the source says; it may lie. Null when it does not say.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Where people see it.</summary>
    public Uri? Url { get; init; }

    public DateTimeOffset? ModifiedAt { get; init; }

    /// <summary>
    /// Who may see it at the source, such as <c>user:ann@example.com</c>. Null is everyone who may search the store; an
    /// empty list is nobody.
    /// </summary>
    public IReadOnlyList<string>? Principals { get; init; }

    /// <summary>Attributes of its file in the store: strings, numbers, booleans.</summary>
    public IReadOnlyDictionary<string, JsonValue>? Attributes { get; init; }

    /// <summary>The connector's own, kept with the item for the next run; at most 64 KiB.</summary>
    public string? Notes { get; init; }

    /// <summary>Gone from the source; for connectors that list changes.</summary>
    public bool IsRemoved { get; init; }

    /// <summary>Why it cannot be read now; what is known of it stays. Null when nothing is known against it.</summary>
    public string? Problem { get; init; }
}
