using AiStack.Contracts;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Retrieval.VectorStores;

/// <summary>Whom the files of a store are for (docs/principals.md).</summary>
internal static class FilePrincipals
{
    public const string Field = "principals";

    /// <summary>Each once and in one order, so that files for the same people have the same; null for everybody.
    /// </summary>
    public static string? Stored(IReadOnlyList<string>? principals) => principals is null
        ? null
        : string.Join(Principals.Separator, principals.Distinct().Order(StringComparer.Ordinal));

    /// <summary>
    /// Changes whom those files are for that are in the store already. It counts as a change of the store, which every
    /// replica sees at the next search; nothing is processed or embedded again.
    /// </summary>
    public static async Task ChangeAsync(
        NpgsqlConnection connection,
        Id<VectorStore> storeId,
        IReadOnlyList<AttachedFile> files,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var given = files.Where(file => file.HasPrincipals).ToList();
        var (ids, principals) = (given.Select(file => file.FileId).ToArray(),
            given.Select(file => file.Principals).ToArray());
        if (ids.Length == 0 || !await DifferAsync(connection, storeId, ids, principals, cancellationToken))
        {
            return;
        }

        var version = await connection.BumpVersionAsync(storeId, now, cancellationToken);
        await connection.ExecuteAsync(
            $"""
            update retrieval.store_file f
            set principals = string_to_array(item.principals, ','), version = {version}
            from unnest({ids}, {principals}) as item (file_id, principals)
            where f.vector_store_id = {storeId} and f.file_id = item.file_id and f.removed_at is null
              and f.principals is distinct from string_to_array(item.principals, ',')
            """,
            cancellationToken,
            StatementLimits.Long);
    }

    private static Task<bool> DifferAsync(
        NpgsqlConnection connection,
        Id<VectorStore> storeId,
        Guid[] ids,
        string?[] principals,
        CancellationToken cancellationToken) =>
        connection.FirstOrDefaultAsync(
            $"""
            select true
            from unnest({ids}, {principals}) as item (file_id, principals)
            join retrieval.store_file f
                on f.vector_store_id = {storeId} and f.file_id = item.file_id and f.removed_at is null
            where f.principals is distinct from string_to_array(item.principals, ',')
            limit 1
            """,
            row => row.GetBoolean(0),
            cancellationToken);
}
