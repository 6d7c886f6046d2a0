using System.Text.Json;
using AiStack.Ingest.Connectors;

namespace AiStack.Tests.Ingest.Connectors;

/// <summary>What came of a run.</summary>
internal sealed record RunResult(
    IReadOnlyList<SourceItem> Listed, IReadOnlyDictionary<string, byte[]> Fetched, Discovery Discovery)
{
    public IEnumerable<string> Ids => Listed.Where(item => !item.IsRemoved).Select(item => item.Id);

    public SourceItem Item(string idEnd) =>
        Listed.Single(item => item.Id.EndsWith(idEnd, StringComparison.Ordinal));

    public string Text(string idEnd) => System.Text.Encoding.UTF8.GetString(
        Fetched.Single(item => item.Key.EndsWith(idEnd, StringComparison.Ordinal)).Value);
}

/// <summary>
/// Runs a connector as Ingest does: it fetches what is new or has another version, and keeps for the next run what that
/// needs.
/// </summary>
internal sealed class ConnectorRun(
    IConnectorKind kind, JsonElement settings, IReadOnlyDictionary<string, string> secrets)
{
    private readonly Dictionary<string, KnownItem> _known = [];
    private string? _cursor;

    /// <summary>The ids of all documents that the source is known to have.</summary>
    public IReadOnlyCollection<string> Known => _known.Keys;

    public async Task<RunResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var connector = await kind.OpenAsync(settings, secrets, cancellationToken);
        var discovery = new Discovery(_cursor, (id, _) => ValueTask.FromResult(_known.GetValueOrDefault(id)));
        var listed = new List<SourceItem>();
        var fetched = new Dictionary<string, byte[]>();
        var later = new List<SourceItem>();
        await foreach (var item in connector.DiscoverAsync(discovery, cancellationToken))
        {
            listed.Add(item);
            var isKnown = _known.TryGetValue(item.Id, out var known);
            if (item.Problem is null && !item.IsRemoved
                && (!isKnown || item.Version is null || item.Version != known!.Version))
            {
                if (connector.FetchesLater)
                {
                    later.Add(item);
                }
                else
                {
                    fetched[item.Id] = await ReadAsync(connector, item, cancellationToken);
                }
            }
        }

        foreach (var item in later)
        {
            fetched[item.Id] = await ReadAsync(connector, item, cancellationToken);
        }

        Keep(listed, discovery);
        return new(listed, fetched, discovery);
    }

    private static async Task<byte[]> ReadAsync(
        IConnector connector, SourceItem item, CancellationToken cancellationToken)
    {
        await using var content = await connector.FetchAsync(item, cancellationToken);
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, cancellationToken);
        return bytes.ToArray();
    }

    private void Keep(List<SourceItem> listed, Discovery discovery)
    {
        var seen = listed.Where(item => !item.IsRemoved).Select(item => item.Id).ToHashSet();
        var gone = discovery.ListsAll
            ? _known.Keys.Where(id => !seen.Contains(id) && !discovery.Missed.Any(
                missed => id.StartsWith(missed.IdPrefix, StringComparison.Ordinal))).ToList()
            : [.. listed.Where(item => item.IsRemoved).Select(item => item.Id)];
        gone.ForEach(id => _known.Remove(id));
        foreach (var item in listed.Where(item => item.Problem is null && !item.IsRemoved))
        {
            _known[item.Id] = new(item.Version, item.Notes);
        }

        _cursor = discovery.NextCursor;
    }
}
