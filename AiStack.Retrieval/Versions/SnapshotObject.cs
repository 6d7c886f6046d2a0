using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Retrieval.Versions;

/// <summary>What a store held at a moment. Its id is that of a store, which is searched like any other.</summary>
/// <param name="Kind">
/// <c>made</c> by hand, <c>before_rollback</c>, or <c>before_reprocess</c>: what the store held until then.
/// </param>
/// <param name="Version">The version that the store had.</param>
/// <param name="Files">How many files of it are in sight.</param>
/// <param name="FilesDeleted">
/// How many were deleted since: they are gone from snapshots, too. Null for who asks for somebody: whom they were for
/// is not known any more.
/// </param>
/// <param name="UsageBytes">What the files in sight take.</param>
internal sealed record SnapshotObject(
    Id<VectorStore> Id, Id<VectorStore> VectorStoreId, string Name, string Kind, long CreatedAt, long Version,
    int Files, int? FilesDeleted, long UsageBytes)
{
    /// <summary>As many a store may have.</summary>
    public const int Max = 100;

    public const string Made = "made";
    public const string BeforeRollback = "before_rollback";
    public const string BeforeReprocess = "before_reprocess";

    /// <summary>None yet, and not listed: what is to take the store's place is still being made in it.</summary>
    public const string Reprocessing = "reprocessing";

    public string Object { get; } = "vector_store.snapshot";

    public static Fault NotFound(string? id, string field) =>
        new(FaultCode.NotFound, $"There is no snapshot '{id}' of this vector store.", field);

    /// <summary>The id of a store's snapshot.</summary>
    public static async Task<Outcome<Id<VectorStore>>> FindIdAsync(
        NpgsqlConnection connection, Id<VectorStore> store, string? id, string field,
        CancellationToken cancellationToken) =>
        Id<VectorStore>.TryParse(id, null, out var snapshot)
            && await connection.FirstOrDefaultAsync(
                $"""
                select true
                from retrieval.vector_store
                where id = {snapshot} and snapshot_of = {store} and snapshot_kind <> {Reprocessing}
                """,
                row => row.GetBoolean(0),
                cancellationToken)
            ? snapshot
            : NotFound(id, field);

    /// <summary>Those of these ids, newest first; what they count are the files in sight.</summary>
    public static Task<List<SnapshotObject>> ReadAsync(
        NpgsqlConnection connection, Guid[] ids, Sight sight, CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            select s.id, s.snapshot_of, s.name, s.snapshot_kind, s.created_at, s.snapshot_version, f.seen,
                   case when {sight.OfAll} then greatest(0, s.snapshot_files - f.there) end, f.usage_bytes
            from retrieval.vector_store s
            cross join lateral (
                select count(*) filter (where in_sight)::int as seen, count(*)::int as there,
                       coalesce(sum(usage_bytes) filter (where in_sight), 0)::bigint as usage_bytes
                from (
                    select usage_bytes,
                           {sight.OfAll} or principals is null or principals && {sight.Principals} as in_sight
                    from retrieval.store_file
                    where vector_store_id = s.id and removed_at is null
                ) there
            ) f
            where s.id = any({ids}) and s.snapshot_of is not null
            order by s.id desc
            """,
            row => new SnapshotObject(
                new(row.GetGuid(0)), new(row.GetGuid(1)), row.GetString(2), row.GetString(3),
                row.GetFieldValue<DateTimeOffset>(4).ToUnixTimeSeconds(), row.GetInt64(5), row.GetInt32(6),
                row.IsDBNull(7) ? null : row.GetInt32(7), row.GetInt64(8)),
            cancellationToken);
}
