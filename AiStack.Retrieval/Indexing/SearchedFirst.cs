using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using AiStack.Contracts;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Retrieval.Indexing;

/// <summary>
/// Moves the chunks of a store that is searched to the front of what waits for vectors. Searches do not wait for it.
/// </summary>
internal sealed class SearchedFirst(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database, TimeProvider time, ILogger<SearchedFirst> logger)
    : LastingService(logger)
{
    private const int MaxWaiting = 64;

    /// <summary>Files that are moved at once: minutes of work.</summary>
    private const int MaxFiles = 256;

    /// <summary>What was moved is made first for as long, and need not be moved again.</summary>
    private static readonly TimeSpan _atMostEvery = TimeSpan.FromSeconds(10);

    private readonly Channel<Id<VectorStore>> _searched = Channel.CreateBounded<Id<VectorStore>>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly ConcurrentDictionary<Id<VectorStore>, long> _moved = new();

    /// <summary>A store is searched of which not all chunks have vectors.</summary>
    public void Note(Id<VectorStore> store)
    {
        if (!_moved.TryGetValue(store, out var moved) || time.GetElapsedTime(moved) > _atMostEvery)
        {
            _moved[store] = time.GetTimestamp();
            _searched.Writer.TryWrite(store);
        }
    }

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        await foreach (var store in _searched.Reader.ReadAllAsync(stoppingToken))
        {
            var name = JsonSerializer.SerializeToElement(store, JsonSerializerOptions.Web).GetString()!;
            await using var connection = await database.OpenAsync(stoppingToken);
            await WorkQueue.HastenAsync(
                connection, EmbedFile.Queue, "vectorStoreId", name, MaxFiles, stoppingToken);
            foreach (var (old, moved) in _moved)
            {
                if (time.GetElapsedTime(moved) > _atMostEvery)
                {
                    _moved.TryRemove(old, out _);
                }
            }
        }
    }
}
