using AiStack.Ingest.Lineage;

namespace AiStack.Ingest.Provenance;

/// <summary>A dataset that an event names.</summary>
/// <param name="Made">From what it was made, where the event says so exactly.</param>
internal sealed record NamedDataset(
    string Namespace, string Name, bool IsDropped, IReadOnlyList<NamedDataset>? Made = null)
{
    public bool IsOurs => Namespace.StartsWith(LineageNames.Scheme, StringComparison.Ordinal);

    // Others do not delete what is ours by saying so.
    public LineageDataset ToDataset() => new(Namespace, Name) { IsDropped = IsDropped && !IsOurs };
}

/// <summary>An event of another tool, as far as we read it.</summary>
internal sealed record ReadEvent(
    DateTimeOffset Time, string Type, Guid? RunId, string? JobNamespace, string? JobName,
    IReadOnlyList<NamedDataset> Inputs, IReadOnlyList<NamedDataset> Outputs, byte[] Sha256, string Json);
