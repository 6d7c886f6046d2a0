using AiStack.Console.Gateway;
using AiStack.Contracts;

namespace AiStack.Console.Files;

/// <summary>Vector stores, which make files searchable, as the API has them.</summary>
internal sealed class StoresApi(GatewayClient gateway)
{
    /// <summary>A page of stores, newest first.</summary>
    public Task<Outcome<Page<StoreView>>> ListAsync(string? after, int limit, CancellationToken cancellationToken) =>
        gateway.GetAsync<Page<StoreView>>(
            $"/v1/vector_stores?order=desc&limit={limit}{FilesApi.After(after)}", cancellationToken);

    public Task<Outcome<StoreView>> GetAsync(string id, CancellationToken cancellationToken) =>
        gateway.GetAsync<StoreView>(Path(id), cancellationToken);

    public Task<Outcome<StoreView>> CreateAsync(string name, CancellationToken cancellationToken) =>
        gateway.PostAsync<StoreView>("/v1/vector_stores", new { name }, cancellationToken);

    /// <summary>A page of a store's files, newest first.</summary>
    public Task<Outcome<Page<StoreFileView>>> ListFilesAsync(
        string id, string? after, int limit, CancellationToken cancellationToken) =>
        gateway.GetAsync<Page<StoreFileView>>(
            $"{Path(id)}/files?order=desc&limit={limit}{FilesApi.After(after)}", cancellationToken);

    public Task<Outcome<StoreFileView>> GetFileAsync(string id, string fileId, CancellationToken cancellationToken) =>
        gateway.GetAsync<StoreFileView>($"{Path(id)}/files/{Uri.EscapeDataString(fileId)}", cancellationToken);

    /// <summary>Makes a file searchable in a store. It is done when its state says <c>completed</c>.</summary>
    public Task<Outcome<StoreFileView>> AttachAsync(string id, string fileId, CancellationToken cancellationToken) =>
        gateway.PostAsync<StoreFileView>($"{Path(id)}/files", new { FileId = fileId }, cancellationToken);

    private static string Path(string id) => $"/v1/vector_stores/{Uri.EscapeDataString(id)}";
}

/// <summary>A vector store as the API shows it.</summary>
public sealed record StoreView(string Id, string? Name, long CreatedAt, FileCounts FileCounts)
{
    /// <summary>Its name; a store may have none.</summary>
    public string Title => string.IsNullOrWhiteSpace(Name) ? Id : Name;
}

public sealed record FileCounts(int InProgress, int Completed, int Failed, int Cancelled, int Total);

/// <summary>A file's state in a store.</summary>
public sealed record StoreFileView(string Id, string Status, LastError? LastError, long CreatedAt);

public sealed record LastError(string Code, string Message);
