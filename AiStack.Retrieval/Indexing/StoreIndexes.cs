using System.Collections.Concurrent;
using AiStack.Contracts;
using AiStack.Retrieval.Embedding;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AiStack.Retrieval.Indexing;

/// <summary>The stores that are in memory: those searched lately, as many as the limit allows.</summary>
internal sealed class StoreIndexes(
    NpgsqlDataSource database, EmbedderIdentity embedder, IOptions<IndexOptions> options, TimeProvider time)
{
    private readonly ConcurrentDictionary<Id<VectorStore>, Held> _stores = new();

    /// <summary>The store's index, with everything that it had at <paramref name="version"/>.</summary>
    public async Task<LoadedStore> GetAsync(
        Id<Project> projectId, Id<VectorStore> storeId, long version, CancellationToken cancellationToken)
    {
        var held = _stores.GetOrAdd(storeId, id => new Held(new LoadedStore(projectId, id, embedder)));
        held.LastUsed = time.GetTimestamp();
        await held.Store.CatchUpAsync(database, version, cancellationToken);
        LetGo(storeId);
        return held.Store;
    }

    /// <summary>Lets go of what was not used for longest. Searches under way keep theirs until they end.</summary>
    private void LetGo(Id<VectorStore> justUsed)
    {
        var total = _stores.Values.Sum(held => held.Store.ApproximateBytes);
        foreach (var (id, held) in _stores.OrderBy(store => store.Value.LastUsed))
        {
            if (total <= options.Value.MaxBytes)
            {
                return;
            }

            if (id != justUsed && _stores.TryRemove(id, out _))
            {
                total -= held.Store.ApproximateBytes;
            }
        }
    }

    private sealed class Held(LoadedStore store)
    {
        public LoadedStore Store => store;

        public long LastUsed { get; set; }
    }
}
