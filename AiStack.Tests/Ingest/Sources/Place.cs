using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.Ingest.Connectors;

namespace AiStack.Tests.Ingest.Sources;

/// <summary>A place that a test writes: it lists and hands out what it is told to, well or badly.</summary>
internal sealed class Place : IConnector
{
    private readonly ConcurrentDictionary<string, (SourceItem Item, Func<Stream> Open)> _items =
        new(StringComparer.Ordinal);
    private int _fetched;

    public string Name { get; } = $"place-{Guid.CreateVersion7():N}";

    /// <summary>How many documents were opened.</summary>
    public int Fetched => Volatile.Read(ref _fetched);

    public bool FetchesLater { get; set; } = true;

    /// <summary>Is called with the cursor and what is known, before anything is listed.</summary>
    public Action<Discovery> Begin { get; set; } = _ => { };

    /// <summary>Is called before each document, with how many were listed before.</summary>
    public Func<int, Discovery, Task> BeforeItem { get; set; } = (_, _) => Task.CompletedTask;

    public SourceItem? this[string id] => _items.TryGetValue(id, out var found) ? found.Item : null;

    public void Put(string id, string text, string? version = null, Func<SourceItem, SourceItem>? with = null) =>
        Put(id, () => new MemoryStream(Encoding.UTF8.GetBytes(text)), version ?? text, with);

    public void Put(string id, Func<Stream> open, string? version, Func<SourceItem, SourceItem>? with = null)
    {
        var item = new SourceItem(id, id[(id.LastIndexOf('/') + 1)..]) { Version = version };
        _items[id] = (with?.Invoke(item) ?? item, open);
    }

    public void Take(string id) => _items.TryRemove(id, out _);

    public async IAsyncEnumerable<SourceItem> DiscoverAsync(
        Discovery discovery, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Begin(discovery);
        var listed = 0;
        foreach (var (item, _) in _items.Values.OrderBy(entry => entry.Item.Id, StringComparer.Ordinal))
        {
            await BeforeItem(listed++, discovery).WaitAsync(cancellationToken);
            yield return item;
        }

        await BeforeItem(listed, discovery).WaitAsync(cancellationToken);
    }

    public Task<Stream> FetchAsync(SourceItem item, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _fetched);
        return Task.FromResult(_items[item.Id].Open());
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>The places of a fixture, as a kind of source.</summary>
internal sealed class PlaceKind : IConnectorKind
{
    private readonly ConcurrentDictionary<string, Place> _places = new(StringComparer.Ordinal);

    public string Name => "place";

    public string Summary => "A place of a test.";

    public Type Settings => typeof(PlaceSettings);

    public IReadOnlyList<string> Secrets { get; } = ["password"];

    public void Add(Place place) => _places[place.Name] = place;

    public Fault? Check(JsonElement settings, IReadOnlyDictionary<string, string> secrets) =>
        SettingsReader.Read<PlaceSettings>(settings).TryGet(out _, out var fault) ? null : fault;

    public Task<IConnector> OpenAsync(
        JsonElement settings, IReadOnlyDictionary<string, string> secrets, CancellationToken cancellationToken) =>
        SettingsReader.Read<PlaceSettings>(settings).TryGet(out var read, out _)
        && _places.TryGetValue(read.Name, out var place)
            ? Task.FromResult<IConnector>(place)
            : throw new SourceException("The place is not there.");
}

internal sealed record PlaceSettings(string Name);
