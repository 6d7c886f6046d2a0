using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Ingest.Sources;

/// <summary>
/// Marks documents whose file became another one since they were looked up, because a new version could not be made
/// into text: what was found out of them compares with the wrong bytes. They were seen, and are read again.
/// </summary>
internal static class StaleItems
{
    /// <summary>Holds the documents to the end of the transaction; returns the keys of those that it marked.</summary>
    public static async Task<HashSet<string>> MarkAsync(
        NpgsqlConnection connection, RunRow run, IReadOnlyList<FoundItem> items, CancellationToken cancellationToken)
    {
        var said = items.Where(item => item.Finding == Finding.Said).ToDictionary(
            item => item.Listed.KeyText, item => item.Known!.FileId!.Value, StringComparer.Ordinal);
        if (said.Count == 0)
        {
            return [];
        }

        var keys = said.Keys.Select(Convert.FromHexString).ToArray();
        var rows = await connection.ListAsync(
            $"""
            select item_key, file_id
            from ingest.source_item
            where source_id = {run.SourceId} and item_key = any({keys})
            order by item_key
            for update
            """,
            row => (Key: row.GetFieldValue<byte[]>(0), File: row.IsDBNull(1) ? (Guid?)null : row.GetGuid(1)),
            cancellationToken,
            StatementLimits.Long);
        var stale = rows.Where(row => row.File != said[Convert.ToHexString(row.Key)]).Select(row => row.Key).ToArray();
        await connection.ExecuteAsync(
            $"""
            update ingest.source_item
            set version = null, seen_run = {run.Id}, gone_run = null
            where source_id = {run.SourceId} and item_key = any({stale})
            """, cancellationToken);
        return [.. stale.Select(Convert.ToHexString)];
    }
}
