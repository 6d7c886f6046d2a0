using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Retrieval.VectorStores;

/// <summary>Whether files can be attached, by what the database has of them.</summary>
internal static class AttachChecks
{
    public static async Task<Fault?> RunAsync(
        NpgsqlConnection connection,
        Id<VectorStore> storeId,
        IReadOnlyList<AttachedFile> files,
        Sight sight,
        CancellationToken cancellationToken) =>
        await MissingAsync(connection, storeId, files, sight, cancellationToken) is { } missing
            ? AttachFiles.NoFile(missing.ToString())
            : await UnsaidAsync(connection, storeId, files, cancellationToken) is { } unsaid
                ? new(
                    FaultCode.InvalidArgument,
                    $"The file '{unsaid}' is for some only in every store that has it: say in "
                    + $"'{FilePrincipals.Field}' whom it is for in this one. Null is everybody.",
                    FilePrincipals.Field)
                : null;

    /// <summary>A file that is not there; or not in sight, here or in every store that has it.</summary>
    private static Task<Id<StoredFile>?> MissingAsync(
        NpgsqlConnection connection,
        Id<VectorStore> storeId,
        IReadOnlyList<AttachedFile> files,
        Sight sight,
        CancellationToken cancellationToken)
    {
        var ids = files.Select(file => file.FileId).ToArray();
        return connection.FirstOrDefaultAsync(
            $"""
            select wanted.id
            from unnest({ids}) as wanted (id)
            left join retrieval.store_file here
                on here.vector_store_id = {storeId} and here.file_id = wanted.id and here.removed_at is null
            where wanted.id not in (select id from ingest.published_file where id = any({ids}))
               or (not {sight.OfAll}
                   and (not coalesce(here.principals && {sight.Principals}, true)
                        or ingest.is_for_others(wanted.id, {sight.Principals})))
            limit 1
            """,
            row => (Id<StoredFile>?)new Id<StoredFile>(row.GetGuid(0)),
            cancellationToken);
    }

    /// <summary>A file that by a field left out would be one for everybody here, and is one nowhere else.</summary>
    private static Task<Id<StoredFile>?> UnsaidAsync(
        NpgsqlConnection connection,
        Id<VectorStore> storeId,
        IReadOnlyList<AttachedFile> files,
        CancellationToken cancellationToken)
    {
        var ids = files.Where(file => !file.HasPrincipals).Select(file => file.FileId).ToArray();
        return connection.FirstOrDefaultAsync(
            $"""
            select wanted.id
            from unnest({ids}) as wanted (id)
            where not exists (
                select from retrieval.store_file here
                where here.vector_store_id = {storeId} and here.file_id = wanted.id and here.removed_at is null)
              and ingest.is_for_others(wanted.id, {Array.Empty<string>()})
            limit 1
            """,
            row => (Id<StoredFile>?)new Id<StoredFile>(row.GetGuid(0)),
            cancellationToken);
    }
}
