using AiStack.Contracts;
using AiStack.Retrieval.Quality;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Retrieval.Search;

/// <summary>A store that is to be searched, as it is now.</summary>
/// <param name="NearDuplicates">What it does with near-duplicates, by the words of its policy.</param>
/// <param name="SynonymsAt">When its synonyms were set; null where they never were.</param>
internal sealed record SearchableStore(
    Id<VectorStore> Id, long Version, bool IsExpired, bool IsNotedLongAgo, string NearDuplicates,
    DateTimeOffset? SynonymsAt)
{
    public (Id<VectorStore> Store, DateTimeOffset? At) Synonyms => (Id, SynonymsAt);
}

/// <summary>Reads which stores a search is of, and notes that they are used.</summary>
internal sealed class SearchableStores(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>
    /// A store expires days after its last use, so noting each use would write far more than is ever read.
    /// </summary>
    private static readonly TimeSpan _useIsNotedEvery = TimeSpan.FromHours(1);

    /// <summary>Those of <paramref name="ids"/> that are the project's.</summary>
    public async Task<List<SearchableStore>> ReadAsync(
        Id<Project> projectId, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var known = ids.Where(id => Id<VectorStore>.TryParse(id, null, out _))
            .Select(id => Id<VectorStore>.Parse(id, null).Value).Distinct().ToArray();
        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        var stores = await connection.ListAsync(
            $"""
            select id, version, coalesce(retrieval.expires_at(store) < now(), false),
                   last_active_at < now() - {_useIsNotedEvery},
                   coalesce(quality ->> 'near_duplicates', {QualityPolicy.Keep}), synonyms_at
            from retrieval.vector_store store
            where id = any({known}) and snapshot_kind is distinct from 'reprocessing'
            """,
            row => new SearchableStore(
                new(row.GetGuid(0)), row.GetInt64(1), row.GetBoolean(2), row.GetBoolean(3), row.GetString(4),
                row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5)),
            cancellationToken);
        await TouchAsync(connection, stores, cancellationToken);
        return stores;
    }

    /// <summary>
    /// A store whose row is locked is being changed, which notes its use as well: a search does not wait for it.
    /// </summary>
    private async Task TouchAsync(
        NpgsqlConnection connection, List<SearchableStore> stores, CancellationToken cancellationToken)
    {
        var ids = stores.Where(store => store is { IsNotedLongAgo: true, IsExpired: false })
            .Select(store => store.Id.Value).ToArray();
        if (ids.Length > 0)
        {
            await connection.ExecuteAsync(
                $"""
                update retrieval.vector_store
                set last_active_at = {time.GetUtcNow()}
                where id in (
                    select id from retrieval.vector_store where id = any({ids}) for no key update skip locked)
                """, cancellationToken);
        }
    }
}
