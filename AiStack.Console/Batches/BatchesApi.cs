using AiStack.Console.Files;
using AiStack.Console.Gateway;
using AiStack.Contracts;

namespace AiStack.Console.Batches;

/// <summary>Batches as Serving has them, and the files that they can be made of.</summary>
internal sealed class BatchesApi(GatewayClient gateway)
{
    private const int PageSize = 50;
    private const int MaxFiles = 100;

    public Task<Outcome<Page<BatchView>>> ListAsync(string? after, CancellationToken cancellationToken) =>
        gateway.GetAsync<Page<BatchView>>($"/v1/batches?limit={PageSize}{FilesApi.After(after)}", cancellationToken);

    public Task<Outcome<BatchView>> CreateAsync(
        string inputFileId, string endpoint, CancellationToken cancellationToken) =>
        gateway.PostAsync<BatchView>(
            "/v1/batches", new { inputFileId, endpoint, completionWindow = "24h" }, cancellationToken);

    public Task<Outcome<BatchView>> CancelAsync(string id, CancellationToken cancellationToken) =>
        gateway.PostAsync<BatchView>(
            $"/v1/batches/{Uri.EscapeDataString(id)}/cancel", new { }, cancellationToken);

    /// <summary>Files that look like requests: of the purpose, or by their name; newest first.</summary>
    public async Task<Outcome<List<FileView>>> ListInputsAsync(CancellationToken cancellationToken)
    {
        var meant = await ReadAsync("&purpose=batch", cancellationToken);
        var newest = await ReadAsync("&purpose=assistants", cancellationToken);
        if (!meant.TryGet(out var ours, out var fault) || !newest.TryGet(out var others, out fault))
        {
            return fault;
        }

        var named = others.Data.Where(file => file.Filename.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase));
        return ours.Data.Concat(named).OrderByDescending(file => file.CreatedAt).ToList();
    }

    private Task<Outcome<Page<FileView>>> ReadAsync(string purpose, CancellationToken cancellationToken) =>
        gateway.GetAsync<Page<FileView>>($"/v1/files?order=desc&limit={MaxFiles}{purpose}", cancellationToken);
}
