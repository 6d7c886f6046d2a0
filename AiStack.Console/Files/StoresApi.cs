using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
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

    /// <summary>Changes what <paramref name="changes"/> names, in the API's words, and nothing else.</summary>
    public Task<Outcome<StoreView>> ModifyAsync(string id, JsonObject changes, CancellationToken cancellationToken) =>
        gateway.PostAsync<StoreView>(Path(id), changes, cancellationToken);

    /// <summary>Deletes a store and its index. The files stay.</summary>
    public Task<Outcome<Deleted>> DeleteAsync(string id, CancellationToken cancellationToken) =>
        gateway.DeleteAsync<Deleted>(Path(id), cancellationToken);

    /// <summary>A page of a store's files, newest first.</summary>
    public Task<Outcome<Page<StoreFileView>>> ListFilesAsync(
        string id, string? after, int limit, CancellationToken cancellationToken) =>
        gateway.GetAsync<Page<StoreFileView>>(
            $"{Path(id)}/files?order=desc&limit={limit}{FilesApi.After(after)}", cancellationToken);

    /// <summary>A page of those of a store's files that are of one state, or completed with warnings.</summary>
    public Task<Outcome<Page<StoreFileView>>> ListFilesAsync(
        string id, string filter, string? after, int limit, CancellationToken cancellationToken) =>
        gateway.GetAsync<Page<StoreFileView>>(
            $"{Path(id)}/files?order=desc&filter={filter}&limit={limit}{FilesApi.After(after)}", cancellationToken);

    /// <summary>Reads files again: those that failed, or those that an older parser read.</summary>
    public Task<Outcome<ReadAgainView>> ReadAgainAsync(string id, string files, CancellationToken cancellationToken) =>
        gateway.PostAsync<ReadAgainView>(
            $"/api/vector_stores/{Uri.EscapeDataString(id)}/read_again", new { Files = files }, cancellationToken);

    public Task<Outcome<StoreFileView>> GetFileAsync(string id, string fileId, CancellationToken cancellationToken) =>
        gateway.GetAsync<StoreFileView>(FilePath(id, fileId), cancellationToken);

    /// <summary>Replaces a file's attributes; filters see them from the next search on.</summary>
    public Task<Outcome<StoreFileView>> UpdateFileAsync(
        string id, string fileId, JsonObject attributes, CancellationToken cancellationToken) =>
        gateway.PostAsync<StoreFileView>(FilePath(id, fileId), new { attributes }, cancellationToken);

    /// <summary>Takes a file out of a store. The file stays, and so does it in other stores.</summary>
    public Task<Outcome<Deleted>> DetachAsync(string id, string fileId, CancellationToken cancellationToken) =>
        gateway.DeleteAsync<Deleted>(FilePath(id, fileId), cancellationToken);

    /// <summary>Makes many files searchable in a store, all or none.</summary>
    public Task<Outcome<FileBatchView>> AttachAllAsync(
        string id, IReadOnlyList<string> fileIds, CancellationToken cancellationToken) =>
        gateway.PostAsync<FileBatchView>($"{Path(id)}/file_batches", new { FileIds = fileIds }, cancellationToken);

    /// <summary>Makes a file searchable in a store. It is done when its state says <c>completed</c>.</summary>
    /// <param name="principals">Whom it is for there, unless it is there already; null for everybody.</param>
    public Task<Outcome<StoreFileView>> AttachAsync(
        string id, string fileId, IReadOnlyList<string>? principals, CancellationToken cancellationToken) =>
        gateway.PostAsync<StoreFileView>(
            $"{Path(id)}/files",
            principals is null ? new { FileId = fileId } : (object)new { FileId = fileId, Principals = principals },
            cancellationToken);

    /// <summary>What a store does with personal details.</summary>
    public Task<Outcome<PrivacyView>> GetPrivacyAsync(string id, CancellationToken cancellationToken) =>
        gateway.GetAsync<PrivacyView>(PrivacyPath(id), cancellationToken);

    /// <summary>Sets that as a whole; the store's files are indexed anew.</summary>
    public Task<Outcome<PrivacyView>> SetPrivacyAsync(
        string id, PrivacyView policy, CancellationToken cancellationToken) =>
        gateway.PutAsync<PrivacyView>(PrivacyPath(id), policy, cancellationToken);

    internal static string FilePath(string id, string fileId) => $"{Path(id)}/files/{Uri.EscapeDataString(fileId)}";

    /// <summary>Words that say the same in searches of a store.</summary>
    public Task<Outcome<SynonymsView>> GetSynonymsAsync(string id, CancellationToken cancellationToken) =>
        gateway.GetAsync<SynonymsView>(SynonymsPath(id), cancellationToken);

    /// <summary>Sets them as a whole.</summary>
    public Task<Outcome<SynonymsView>> SetSynonymsAsync(
        string id, SynonymsView synonyms, CancellationToken cancellationToken) =>
        gateway.PutAsync<SynonymsView>(SynonymsPath(id), synonyms, cancellationToken);

    private static string SynonymsPath(string id) => $"/api/vector_stores/{Uri.EscapeDataString(id)}/synonyms";

    private static string PrivacyPath(string id) => $"/api/vector_stores/{Uri.EscapeDataString(id)}/privacy";

    private static string Path(string id) => $"/v1/vector_stores/{Uri.EscapeDataString(id)}";
}

/// <summary>What a store does with personal details: <c>report</c>, <c>mask</c> or <c>block</c>, by kind.</summary>
/// <param name="Default">Of the kinds that are not named.</param>
public sealed record PrivacyView(
    string Default, IReadOnlyDictionary<string, string> Kinds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? KeyChanged = null);

/// <summary>Rules in the format of Apache Solr, their language, and whether AiStack's own count, too.</summary>
public sealed record SynonymsView(IReadOnlyList<string> Rules, string Language, bool Everyday);

/// <summary>A vector store as the API shows it.</summary>
public sealed record StoreView(
    string Id,
    string? Name,
    long CreatedAt,
    FileCounts FileCounts,
    string Status = "completed",
    long UsageBytes = 0,
    long LastActiveAt = 0,
    ExpiresAfter? ExpiresAfter = null,
    long? ExpiresAt = null,
    Readings? Readings = null)
{
    /// <summary>Its name; a store may have none.</summary>
    public string Title => string.IsNullOrWhiteSpace(Name) ? Id : Name;

    public bool IsExpired => Status == "expired";
}

/// <summary>After how many days without use a store expires.</summary>
public sealed record ExpiresAfter(string Anchor, int Days);

public sealed record FileCounts(int InProgress, int Completed, int Failed, int Cancelled, int Total);

/// <summary>Of a store's completed files, those with warnings, and those that an older parser read.</summary>
public sealed record Readings(int Warned, int Outdated, int WordsOnly);

/// <summary>How many files are read again.</summary>
public sealed record ReadAgainView(int Count, bool HasMore);

/// <summary>A file's state in a store.</summary>
public sealed record StoreFileView(
    string Id,
    string Status,
    LastError? LastError,
    long CreatedAt,
    long UsageBytes = 0,
    ChunkingView? ChunkingStrategy = null,
    IReadOnlyDictionary<string, JsonElement>? Attributes = null,
    IReadOnlyList<string>? Warnings = null,
    IReadOnlyList<string>? Principals = null)
{
    /// <summary>Whom it is for, as people say it.</summary>
    public string Readers => Principals switch
    {
        null => "Everybody",
        [] => "Nobody",
        _ => string.Join(", ", Principals),
    };

    /// <summary>What its mark shows.</summary>
    public string Mark => Status == "completed" && Warnings is { Count: > 0 } ? "warned" : Status;

    /// <summary>The state as people say it.</summary>
    public string State => Status switch
    {
        "completed" => Warnings is { Count: > 0 } ? "Ready, with warnings" : "Ready",
        "in_progress" => "In progress",
        "failed" => "Failed",
        "cancelled" => "Cancelled",
        _ => Status,
    };
}

/// <summary>Files that were attached in one call.</summary>
public sealed record FileBatchView(string Id, string Status, FileCounts FileCounts);

/// <summary>How a file was cut into chunks.</summary>
public sealed record ChunkingView(string Type, ChunkSizes? Static);

public sealed record ChunkSizes(int MaxChunkSizeTokens, int ChunkOverlapTokens);

public sealed record LastError(string Code, string Message);
