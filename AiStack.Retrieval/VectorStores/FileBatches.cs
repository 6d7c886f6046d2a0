using System.Text.Json;
using System.Text.Json.Serialization;
using AiStack.Contracts;
using AiStack.Retrieval.Privacy;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Retrieval.VectorStores;

/// <summary>OpenAI's object for files that were attached in one call.</summary>
internal sealed record FileBatchObject(
    Id<FileBatch> Id, Id<VectorStore> VectorStoreId, long CreatedAt, bool IsCancelled, FileCounts FileCounts)
{
    public string Object { get; } = "vector_store.files_batch";

    public string Status => IsCancelled ? "cancelled" : FileCounts.InProgress > 0 ? "in_progress" : "completed";

    [JsonIgnore]
    public bool IsCancelled { get; init; } = IsCancelled;

    public static async Task<Outcome<FileBatchObject>> FindAsync(
        NpgsqlConnection connection, string storeId, string batchId, Sight sight, CancellationToken cancellationToken)
    {
        if (!(await StoreRows.FindAsync(connection, storeId, cancellationToken)).TryGet(out var store, out var fault))
        {
            return fault;
        }

        var batch = Id<FileBatch>.TryParse(batchId, null, out var id)
            ? await connection.FirstOrDefaultAsync(
                $"""
                select b.id, b.vector_store_id, b.created_at, b.cancelled_at is not null,
                       count(*) filter (where f.state = 'in_progress')::int,
                       count(*) filter (where f.state = 'completed')::int,
                       count(*) filter (where f.state = 'failed')::int,
                       count(*) filter (where f.state = 'cancelled')::int
                from retrieval.file_batch b
                left join retrieval.store_file f on f.batch_id = b.id and f.removed_at is null
                    and ({sight.OfAll} or f.principals is null or f.principals && {sight.Principals})
                where b.id = {id} and b.vector_store_id = {store}
                group by b.id
                """,
                Read,
                cancellationToken)
            : null;
        return batch is null
            ? new Fault(FaultCode.NotFound, $"There is no file batch '{batchId}' in this vector store.", "batch_id")
            : batch;
    }

    private static FileBatchObject Read(NpgsqlDataReader row) => new(
        new(row.GetGuid(0)),
        new(row.GetGuid(1)),
        row.GetFieldValue<DateTimeOffset>(2).ToUnixTimeSeconds(),
        row.GetBoolean(3),
        new(row.GetInt32(4), row.GetInt32(5), row.GetInt32(6), row.GetInt32(7)));
}

/// <summary>
/// Attaches many files in one call: with the same settings (<c>file_ids</c>), or each with its own (<c>files</c>).
/// </summary>
internal static class CreateFileBatch
{
    public static async Task<IResult> HandleAsync(
        string id,
        Request request,
        Caller caller,
        NpgsqlDataSource database,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (request.FileIds is { Count: > 0 } == request.Files is { Count: > 0 })
        {
            return new Fault(
                FaultCode.InvalidArgument, "Give either 'file_ids' or 'files', with at least one file.", "file_ids")
                .ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (!(await StoreRows.FindToChangeAsync(connection, id, cancellationToken))
            .TryGet(out var storeId, out var fault))
        {
            return fault.ToResult();
        }

        var now = time.GetUtcNow();
        var batchId = Id<FileBatch>.New();
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(
            $"""
            insert into retrieval.file_batch (id, project_id, vector_store_id, created_at)
            values ({batchId}, {caller.ProjectId}, {storeId}, {now})
            """, cancellationToken);
        var files = request.Files is { Count: > 0 } each ? each : [.. request.FileIds!.Select(request.ToAttach)];
        fault = await AttachFiles.RunAsync(
            connection, caller, storeId, batchId, files, now, cancellationToken);
        if (fault is not null)
        {
            return fault.ToResult();
        }

        await transaction.CommitAsync(cancellationToken);
        var outcome = await FileBatchObject.FindAsync(
            connection, id, batchId.ToString(), Sight.All, cancellationToken);
        return outcome.TryGet(out var batch, out fault) ? TypedResults.Ok(batch) : fault.ToResult();
    }

    internal sealed record Request(
        IReadOnlyList<string>? FileIds = null,
        IReadOnlyList<FileToAttach>? Files = null,
        JsonElement? Attributes = null,
        ChunkingStrategyParam? ChunkingStrategy = null) : PartialRequest
    {
        /// <summary>An extension: whom the files of <c>file_ids</c> are for, as of one file.</summary>
        public IReadOnlyList<string>? Principals { get; init => field = Given(value); }

        public FileToAttach ToAttach(string file) =>
            new FileToAttach(file, Attributes, ChunkingStrategy).For(Has(nameof(Principals)), Principals);
    }
}

internal static class GetFileBatch
{
    public static async Task<IResult> HandleAsync(
        string id,
        string batchId,
        Caller caller,
        NpgsqlDataSource database,
        HttpResponse response,
        CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var outcome = await FileBatchObject.FindAsync(connection, id, batchId, Sight.Of(caller), cancellationToken);
        if (!outcome.TryGet(out var batch, out var fault))
        {
            return fault.ToResult();
        }

        PollHint.Give(response, batch.Status);
        return TypedResults.Ok(batch);
    }
}

internal static class ListBatchFiles
{
    public static async Task<IResult> HandleAsync(
        string id,
        string batchId,
        [AsParameters] PageQuery query,
        Caller caller,
        NpgsqlDataSource database,
        StandInKeys keys,
        CancellationToken cancellationToken,
        string? filter = null)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var outcome = await FileBatchObject.FindAsync(connection, id, batchId, Sight.Of(caller), cancellationToken);
        return outcome.TryGet(out var batch, out var fault)
            ? await ListStoreFiles.RunAsync(
                connection, batch.VectorStoreId, batch.Id, Sight.Of(caller), query, filter, keys.Of(caller.ProjectId),
                cancellationToken)
            : fault.ToResult();
    }
}

/// <summary>Gives up on those files of a batch that are not completed yet, as far as they are in sight.</summary>
internal static class CancelFileBatch
{
    public static async Task<IResult> HandleAsync(
        string id,
        string batchId,
        Caller caller,
        NpgsqlDataSource database,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var found = await FileBatchObject.FindAsync(connection, id, batchId, Sight.Of(caller), cancellationToken);
        if (!found.TryGet(out var batch, out var fault))
        {
            return fault.ToResult();
        }

        var sight = Sight.ToManage(caller);
        await connection.ExecuteAsync(
            $"""
            with cancelled as (
                update retrieval.file_batch
                set cancelled_at = coalesce(cancelled_at, {time.GetUtcNow()})
                where id = {batch.Id}
            )
            update retrieval.store_file
            set state = 'cancelled'
            where batch_id = {batch.Id} and state = 'in_progress' and removed_at is null
              and ({sight.OfAll} or principals is null or principals && {sight.Principals})
            """, cancellationToken, StatementLimits.Long);
        var outcome = await FileBatchObject.FindAsync(connection, id, batchId, Sight.Of(caller), cancellationToken);
        return outcome.TryGet(out batch, out fault) ? TypedResults.Ok(batch) : fault.ToResult();
    }
}
