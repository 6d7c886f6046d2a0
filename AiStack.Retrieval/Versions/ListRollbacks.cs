using AiStack.Contracts;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Retrieval.Versions;

/// <summary>Lists who had a store hold what it held at a snapshot, when and why.</summary>
internal static class ListRollbacks
{
    public static async Task<IResult> HandleAsync(
        string id, [AsParameters] PageQuery query, Caller caller, NpgsqlDataSource database,
        CancellationToken cancellationToken)
    {
        if (!query.Read<Rollback>(newestFirst: true).TryGet(out var page, out var fault))
        {
            return fault.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (!(await StoreRows.FindAsync(connection, id, cancellationToken)).TryGet(out var store, out fault))
        {
            return fault.ToResult();
        }

        var rollbacks = await connection.ListAsync(
            $"""
            select id, snapshot_id, kept_as, version, reason, created_at, created_by
            from retrieval.rollback
            where vector_store_id = {store}
              and ({page.NewerThan}::uuid is null or id > {page.NewerThan})
              and ({page.OlderThan}::uuid is null or id < {page.OlderThan})
            order by id {page.Direction}
            limit {page.Rows}
            """,
            row => new RollbackObject(
                new(row.GetGuid(0)), new(row.GetGuid(1)), new(row.GetGuid(2)), row.GetInt64(3), row.GetString(4),
                row.GetFieldValue<DateTimeOffset>(5).ToUnixTimeSeconds(),
                row.IsDBNull(6) ? null : new(row.GetGuid(6))),
            cancellationToken);
        return TypedResults.Ok(page.Of(rollbacks, rollback => rollback.Id.ToString()));
    }
}

/// <summary>That a store was rolled back. The snapshots may be gone since.</summary>
/// <param name="KeptAs">What it held until then.</param>
internal sealed record RollbackObject(
    Id<Rollback> Id, Id<VectorStore> SnapshotId, Id<VectorStore> KeptAs, long Version, string Reason, long CreatedAt,
    Id<ApiKey>? CreatedBy)
{
    public string Object { get; } = "vector_store.rollback";
}
