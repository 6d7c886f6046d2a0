using System.Text.Json;
using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Retrieval.Privacy;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Retrieval.VectorStores;

/// <summary>Attaches one file.</summary>
internal static class AttachFile
{
    public static async Task<IResult> HandleAsync(
        string id,
        FileToAttach request,
        Caller caller,
        NpgsqlDataSource database,
        StandInKeys keys,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (!(await StoreRows.FindToChangeAsync(connection, id, cancellationToken))
            .TryGet(out var storeId, out var fault))
        {
            return fault.ToResult();
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        fault = await AttachFiles.RunAsync(
            connection, caller, storeId, null, [request], time.GetUtcNow(), cancellationToken);
        if (fault is not null)
        {
            return fault.ToResult();
        }

        await transaction.CommitAsync(cancellationToken);
        var fileId = Id<StoredFile>.Parse(request.FileId!, null);
        return TypedResults.Ok(await StoreFileObject.FindAsync(
            connection, storeId, fileId, Sight.All, cancellationToken, keys.Of(caller.ProjectId)));
    }
}

internal static class GetStoreFile
{
    public static async Task<IResult> HandleAsync(
        string id,
        string fileId,
        Caller caller,
        NpgsqlDataSource database,
        StandInKeys keys,
        HttpResponse response,
        CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (!(await StoreRows.FindAsync(connection, id, cancellationToken)).TryGet(out var storeId, out var fault))
        {
            return fault.ToResult();
        }

        var file = Id<StoredFile>.TryParse(fileId, null, out var parsed)
            ? await StoreFileObject.FindAsync(
                connection, storeId, parsed, Sight.Of(caller), cancellationToken, keys.Of(caller.ProjectId))
            : null;
        if (file is null)
        {
            return StoreRows.FileNotFound(fileId).ToResult();
        }

        PollHint.Give(response, file.Status);
        return TypedResults.Ok(file);
    }
}

/// <summary>
/// Replaces a file's attributes, or those whom it is for; the next search goes by them. A request without a field
/// leaves it as it is; null takes attributes away, and makes the file one for everybody.
/// </summary>
internal static class UpdateStoreFile
{
    public static async Task<IResult> HandleAsync(
        string id,
        string fileId,
        Request request,
        Caller caller,
        NpgsqlDataSource database,
        StandInKeys keys,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (Check(request, caller) is { } wrong)
        {
            return wrong.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (!(await StoreRows.FindToChangeAsync(connection, id, cancellationToken))
            .TryGet(out var storeId, out var fault))
        {
            return fault.ToResult();
        }

        if (!Id<StoredFile>.TryParse(fileId, null, out var file)
            || await StoreFileObject.FindAsync(connection, storeId, file, Sight.Of(caller), cancellationToken) is null)
        {
            return StoreRows.FileNotFound(fileId).ToResult();
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var version = await connection.BumpVersionAsync(storeId, time.GetUtcNow(), cancellationToken);
        await connection.ExecuteAsync(
            $"""
            update retrieval.store_file
            set attributes = case when {request.Has(nameof(Request.Attributes))}
                                  then {AttributeValue.ToJson(request.Attributes)}::jsonb else attributes end,
                principals = case when {request.Has(nameof(Request.Principals))}
                                  then string_to_array({FilePrincipals.Stored(request.Principals)}, ',')
                                  else principals end,
                version = {version}
            where vector_store_id = {storeId} and file_id = {file} and removed_at is null
            """, cancellationToken);
        var updated = await StoreFileObject.FindAsync(
            connection, storeId, file, Sight.All, cancellationToken, keys.Of(caller.ProjectId));
        await transaction.CommitAsync(cancellationToken);
        return updated is null ? StoreRows.FileNotFound(fileId).ToResult() : TypedResults.Ok(updated);
    }

    /// <summary>Who changes whom a file is for can read it then, so that takes the right to.</summary>
    private static Fault? Check(Request request, Caller caller) =>
        AttributeValue.Check(request.Attributes, "attributes")
        ?? Principals.Check(request.Principals, FilePrincipals.Field)
        ?? (request.Has(nameof(Request.Principals))
            ? caller.FindLack(Scopes.FilesRead, "Changing whom a file is for", FilePrincipals.Field)
            : null);

    internal sealed record Request : PartialRequest
    {
        public JsonElement? Attributes { get; init => field = Given(value); }

        /// <summary>An extension: whom the file is for; null for everybody, and an empty list for nobody.</summary>
        public IReadOnlyList<string>? Principals { get; init => field = Given(value); }
    }
}

/// <summary>Takes a file out of a store; the file itself stays.</summary>
internal static class DetachFile
{
    public static async Task<IResult> HandleAsync(
        string id,
        string fileId,
        Caller caller,
        NpgsqlDataSource database,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (!(await StoreRows.FindToChangeAsync(connection, id, cancellationToken))
            .TryGet(out var storeId, out var fault))
        {
            return fault.ToResult();
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await StoreHolds.CheckAsync(connection, storeId, cancellationToken) is { } held)
        {
            return held.ToResult();
        }

        var removed = Id<StoredFile>.TryParse(fileId, null, out var file)
            && await StoreFileObject.FindAsync(
                connection, storeId, file, Sight.ToManage(caller), cancellationToken) is not null
            && await connection.RemoveFileAsync(storeId, file, time.GetUtcNow(), cancellationToken);
        if (removed)
        {
            await TellSourceAsync(connection, caller.ProjectId, storeId, file, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return removed
            ? TypedResults.Ok(new Deletion(fileId, "vector_store.file.deleted"))
            : StoreRows.FileNotFound(fileId).ToResult();
    }

    /// <summary>A file of a source is back with the source's next run.</summary>
    private static async Task TellSourceAsync(
        NpgsqlConnection connection, Id<Project> project, Id<VectorStore> store, Id<StoredFile> file,
        CancellationToken cancellationToken)
    {
        var source = await connection.FirstOrDefaultAsync(
            $"select source_id from retrieval.store_file where vector_store_id = {store} and file_id = {file}",
            row => row.IsDBNull(0) ? default : new Id<Source>(row.GetGuid(0)),
            cancellationToken);
        if (source != default)
        {
            await WorkQueue.EnqueueAsync(
                connection, project, SourceFileDetached.Queue, new SourceFileDetached(source, file),
                cancellationToken);
        }
    }
}
