using AiStack.Console.Files;
using AiStack.Console.Gateway;
using AiStack.Contracts;

namespace AiStack.Console.Sources;

/// <summary>The project's sources as Ingest has them.</summary>
internal sealed class SourcesApi(GatewayClient gateway)
{
    private const int PageSize = 50;
    private const int RunsShown = 10;

    public Task<Outcome<Page<SourceView>>> ListAsync(string? after, CancellationToken cancellationToken) =>
        gateway.GetAsync<Page<SourceView>>(
            $"/api/sources?limit={PageSize}{FilesApi.After(after)}", cancellationToken);

    public Task<Outcome<KindsView>> KindsAsync(CancellationToken cancellationToken) =>
        gateway.GetAsync<KindsView>("/api/source-kinds", cancellationToken);

    public Task<Outcome<SourceView>> GetAsync(string id, CancellationToken cancellationToken) =>
        gateway.GetAsync<SourceView>(Path(id), cancellationToken);

    public Task<Outcome<SourceView>> CreateAsync(SourceFields fields, CancellationToken cancellationToken) =>
        gateway.PostAsync<SourceView>("/api/sources", fields, cancellationToken);

    public Task<Outcome<SourceView>> PauseAsync(string id, bool paused, CancellationToken cancellationToken) =>
        gateway.PostAsync<SourceView>(Path(id), new { paused }, cancellationToken);

    /// <param name="files"><c>delete</c> or <c>keep</c>.</param>
    public Task<Fault?> DeleteAsync(string id, string files, CancellationToken cancellationToken) =>
        gateway.DeleteAsync($"{Path(id)}?files={files}", cancellationToken);

    public Task<Outcome<SourceRunView>> RunAsync(
        string id, bool dryRun, bool allowRemovals, CancellationToken cancellationToken) =>
        gateway.PostAsync<SourceRunView>($"{Path(id)}/runs", new { dryRun, allowRemovals }, cancellationToken);

    /// <summary>The newest runs.</summary>
    public Task<Outcome<Page<SourceRunView>>> RunsAsync(string id, CancellationToken cancellationToken) =>
        gateway.GetAsync<Page<SourceRunView>>($"{Path(id)}/runs?limit={RunsShown}", cancellationToken);

    /// <summary>A run, with what a dry one would change.</summary>
    public Task<Outcome<SourceRunView>> GetRunAsync(string id, string run, CancellationToken cancellationToken) =>
        gateway.GetAsync<SourceRunView>($"{Path(id)}/runs/{Uri.EscapeDataString(run)}", cancellationToken);

    public Task<Outcome<SourceRunView>> CancelAsync(string id, string run, CancellationToken cancellationToken) =>
        gateway.PostAsync<SourceRunView>(
            $"{Path(id)}/runs/{Uri.EscapeDataString(run)}/cancel", new { }, cancellationToken);

    /// <summary>A page of the documents that could not be read.</summary>
    public Task<Outcome<Page<SourceItemView>>> ProblemsAsync(
        string id, string? after, CancellationToken cancellationToken) =>
        gateway.GetAsync<Page<SourceItemView>>(
            $"{Path(id)}/items?filter=problem&limit={PageSize}{FilesApi.After(after)}", cancellationToken);

    private static string Path(string id) => $"/api/sources/{Uri.EscapeDataString(id)}";
}
