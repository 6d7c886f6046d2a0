using AiStack.Contracts;
using AiStack.Retrieval.Privacy;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Retrieval.Versions;

/// <summary>
/// Tells which files of those in sight one state of a store has and another has not, and which both have by different
/// revisions or attributes.
/// </summary>
internal static class DiffSnapshots
{
    /// <summary>What stands for the store as it is.</summary>
    private const string Now = "now";

    /// <param name="from">A snapshot, or <c>now</c>.</param>
    /// <param name="to">A snapshot, or <c>now</c>: what it is when left out.</param>
    public static async Task<IResult> HandleAsync(
        string id, [AsParameters] PageQuery query, Caller caller, NpgsqlDataSource database, StandInKeys standIns,
        CancellationToken cancellationToken, string? from = null, string? to = null)
    {
        if (!query.Read<StoredFile>(newestFirst: true).TryGet(out var page, out var fault))
        {
            return fault.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        // Counts and page are of one moment.
        await using var moment = await connection.BeginTransactionAsync(
            System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        if (!(await StoreRows.FindToChangeAsync(connection, id, cancellationToken)).TryGet(out var store, out fault)
            || !(await SideAsync(connection, store, from, nameof(from), cancellationToken))
                .TryGet(out var before, out fault)
            || !(await SideAsync(connection, store, to ?? Now, nameof(to), cancellationToken))
                .TryGet(out var after, out fault))
        {
            return fault.ToResult();
        }

        var sight = Sight.Of(caller);
        var counts = await CountAsync(connection, before, after, sight, cancellationToken);
        var files = page.Of(
            await ReadAsync(
                connection, store, before, after, sight, page, standIns.Of(caller.ProjectId), cancellationToken),
            file => file.FileId.ToString());
        return TypedResults.Ok(new Response(counts, files.Data, files.FirstId, files.LastId, files.HasMore));
    }

    private static async Task<Outcome<Id<VectorStore>>> SideAsync(
        NpgsqlConnection connection, Id<VectorStore> store, string? side, string field,
        CancellationToken cancellationToken) =>
        side switch
        {
            Now => store,
            null => new Fault(FaultCode.InvalidArgument, $"'{field}' must be a snapshot's id, or '{Now}'.", field),
            _ => await SnapshotObject.FindIdAsync(connection, store, side, field, cancellationToken),
        };

    private static async Task<Counts> CountAsync(
        NpgsqlConnection connection, Id<VectorStore> before, Id<VectorStore> after, Sight sight,
        CancellationToken cancellationToken) =>
        (await connection.FirstOrDefaultAsync(
            $"""
            select count(*) filter (where change = 'added')::int, count(*) filter (where change = 'removed')::int,
                   count(*) filter (where change = 'changed')::int, count(*) filter (where change = 'same')::int
            from retrieval.store_diff({before}, {after}, {sight.OfAll}, {sight.Principals})
            """,
            row => new Counts(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2), row.GetInt32(3)),
            cancellationToken,
            StatementLimits.Long))!;

    private static Task<List<ChangedFile>> ReadAsync(
        NpgsqlConnection connection, Id<VectorStore> store, Id<VectorStore> before, Id<VectorStore> after, Sight sight,
        PageRequest page, StandIns standIns, CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            select d.file_id, (select filename from ingest.published_file where id = d.file_id), d.change,
                   d.before_revision, d.after_revision,
                   (select privacy from retrieval.vector_store where id = {store})
            from retrieval.store_diff({before}, {after}, {sight.OfAll}, {sight.Principals}) d
            where d.change <> 'same'
              and ({page.NewerThan}::uuid is null or d.file_id > {page.NewerThan})
              and ({page.OlderThan}::uuid is null or d.file_id < {page.OlderThan})
            order by d.file_id {page.Direction}
            limit {page.Rows}
            """,
            row => new ChangedFile(
                new(row.GetGuid(0)),
                PrivacyPolicy.Read(row, 5, standIns).MaskedName(row.IsDBNull(1) ? null : row.GetString(1)),
                row.GetString(2),
                row.IsDBNull(3) ? null : new(row.GetGuid(3)), row.IsDBNull(4) ? null : new(row.GetGuid(4))),
            cancellationToken,
            StatementLimits.Long);

    internal sealed record Counts(int Added, int Removed, int Changed, int Same);

    /// <param name="Change"><c>added</c>, <c>removed</c> or <c>changed</c>.</param>
    /// <param name="FromRevision">Null for what was added.</param>
    /// <param name="ToRevision">Null for what was removed.</param>
    internal sealed record ChangedFile(
        Id<StoredFile> FileId, string? Filename, string Change, Id<Revision>? FromRevision, Id<Revision>? ToRevision);

    internal sealed record Response(
        Counts Counts, IReadOnlyList<ChangedFile> Data, string? FirstId, string? LastId, bool HasMore)
    {
        public string Object { get; } = "list";
    }
}
