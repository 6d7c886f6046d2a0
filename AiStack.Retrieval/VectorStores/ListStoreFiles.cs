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

/// <summary>Lists a store's files, or those of one batch, of one state if asked.</summary>
internal static class ListStoreFiles
{
    /// <summary>A filter beyond OpenAI's: completed files whose report has warnings.</summary>
    private const string Warned = "warned";

    public static async Task<IResult> HandleAsync(
        string id,
        [AsParameters] PageQuery query,
        Caller caller,
        NpgsqlDataSource database,
        StandInKeys keys,
        CancellationToken cancellationToken,
        string? filter = null)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        return (await StoreRows.FindAsync(connection, id, cancellationToken)).TryGet(out var storeId, out var fault)
            ? await RunAsync(
                connection, storeId, batchId: null, Sight.Of(caller), query, filter, keys.Of(caller.ProjectId),
                cancellationToken)
            : fault.ToResult();
    }

    public static async Task<IResult> RunAsync(
        NpgsqlConnection connection,
        Id<VectorStore> storeId,
        Id<FileBatch>? batchId,
        Sight sight,
        PageQuery query,
        string? state,
        StandIns standIns,
        CancellationToken cancellationToken)
    {
        if (state is not (null or "in_progress" or "completed" or "failed" or "cancelled" or Warned))
        {
            return new Fault(
                FaultCode.InvalidArgument,
                "'filter' must be 'in_progress', 'completed', 'failed', 'cancelled' or 'warned'.",
                "filter").ToResult();
        }

        if (!query.Read<StoredFile>(newestFirst: true).TryGet(out var page, out var fault))
        {
            return fault.ToResult();
        }

        var files = await connection.ListAsync(
            $"""
            select file_id, vector_store_id, state, error_code, error_message, max_chunk_tokens, overlap_tokens,
                   attributes, usage_bytes, created_at, warnings, document_attributes, principals,
                   (select filename from ingest.published_file p where p.id = file_id),
                   (select privacy from retrieval.vector_store where id = {storeId})
            from retrieval.store_file
            where vector_store_id = {storeId} and removed_at is null
              and ({batchId?.Value}::uuid is null or batch_id = {batchId?.Value})
              and ({sight.OfAll} or principals is null or principals && {sight.Principals})
              and ({state}::text is null or state = {state}
                   or ({state} = {Warned} and state = 'completed' and cardinality(warnings) > 0))
              and ({page.NewerThan}::uuid is null or (created_at, file_id) > (
                  select created_at, file_id
                  from retrieval.store_file
                  where vector_store_id = {storeId} and file_id = {page.NewerThan}
                    and ({sight.OfAll} or principals is null or principals && {sight.Principals})))
              and ({page.OlderThan}::uuid is null or (created_at, file_id) < (
                  select created_at, file_id
                  from retrieval.store_file
                  where vector_store_id = {storeId} and file_id = {page.OlderThan}
                    and ({sight.OfAll} or principals is null or principals && {sight.Principals})))
            order by created_at {page.Direction}, file_id {page.Direction}
            limit {page.Rows}
            """,
            row => StoreFileObject.Read(row, standIns),
            cancellationToken);
        return TypedResults.Ok(page.Of(files, file => file.Id.ToString()));
    }
}
