using AiStack.Console.Gateway;
using AiStack.Contracts;

namespace AiStack.Console.Stores;

/// <summary>What a store held, its snapshots, and taking them back, as the API has them.</summary>
internal sealed class VersionsApi(GatewayClient gateway)
{
    /// <summary>What stands for the store as it is.</summary>
    public const string Now = "now";

    public Task<Outcome<Page<SnapshotView>>> ListAsync(string store, CancellationToken cancellationToken) =>
        gateway.GetAsync<Page<SnapshotView>>($"{Path(store)}/snapshots?limit=100", cancellationToken);

    public Task<Outcome<SnapshotView>> CreateAsync(string store, string name, CancellationToken cancellationToken) =>
        gateway.PostAsync<SnapshotView>($"{Path(store)}/snapshots", new { name }, cancellationToken);

    public Task<Outcome<SnapshotDeletion>> DeleteAsync(
        string store, string snapshot, CancellationToken cancellationToken) =>
        gateway.DeleteAsync<SnapshotDeletion>(
            $"{Path(store)}/snapshots/{Uri.EscapeDataString(snapshot)}", cancellationToken);

    public Task<Outcome<RolledBackView>> RollBackAsync(
        string store, string snapshot, string reason, CancellationToken cancellationToken) =>
        gateway.PostAsync<RolledBackView>(
            $"{Path(store)}/rollback", new { snapshot_id = snapshot, reason }, cancellationToken);

    public Task<Outcome<StoreDiffView>> DiffAsync(
        string store, string from, string to, CancellationToken cancellationToken) =>
        gateway.GetAsync<StoreDiffView>(
            $"{Path(store)}/snapshots/diff?limit=100&from={Uri.EscapeDataString(from)}&to={Uri.EscapeDataString(to)}",
            cancellationToken);

    public Task<Outcome<Page<HeldFileView>>> HeldAsync(
        string store, DateTime utc, CancellationToken cancellationToken) =>
        gateway.GetAsync<Page<HeldFileView>>(
            $"{Path(store)}/contents?limit=100&at={utc:yyyy-MM-dd'T'HH:mm:ss'Z'}", cancellationToken);

    private static string Path(string store) => $"/api/vector_stores/{Uri.EscapeDataString(store)}";
}

/// <summary>What a store held at a moment.</summary>
public sealed record SnapshotView(
    string Id, string Name, string Kind, long CreatedAt, int Files, int? FilesDeleted, long UsageBytes);

public sealed record SnapshotDeletion(string Id);

/// <summary>That a store was rolled back, and how much that changed.</summary>
public sealed record RolledBackView(string KeptAs, int Files, int FilesRemoved, int FilesDeleted);

/// <summary>What two states of a store have different.</summary>
public sealed record StoreDiffView(
    StoreDiffView.Numbers Counts, IReadOnlyList<StoreDiffView.File> Data, bool HasMore = false)
{
    public sealed record Numbers(int Added, int Removed, int Changed, int Same);

    public sealed record File(string FileId, string? Filename, string Change);
}

/// <summary>A file that a store held, and since when.</summary>
public sealed record HeldFileView(string FileId, string? Filename, string RevisionId, DateTimeOffset Since);
