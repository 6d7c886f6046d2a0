using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Ingest.Files;

/// <summary>
/// Lets the next run of a source list everything again: a document that did not change at the source lacks its file
/// here. A run that is running keeps its cursor to itself.
/// </summary>
internal static class ListAgain
{
    /// <summary>It locks the source and its run, in this order, before anything else of them.</summary>
    public static async Task RunAsync(
        NpgsqlConnection connection, Id<Source> source, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(
            $"update ingest.source set cursor = null where id = {source}", cancellationToken);
        await connection.ExecuteAsync(
            $"""
            update ingest.source_run
            set has_failed = true
            where source_id = {source} and state = 'running'
            """, cancellationToken);
    }

    /// <summary>As above, for the source whose document has the file; nothing when none has.</summary>
    public static async Task OfFileAsync(
        NpgsqlConnection connection, Id<StoredFile> file, CancellationToken cancellationToken)
    {
        var sources = await connection.ListAsync(
            $"select distinct source_id from ingest.source_item where file_id = {file} order by source_id",
            row => new Id<Source>(row.GetGuid(0)),
            cancellationToken);
        foreach (var source in sources)
        {
            await RunAsync(connection, source, cancellationToken);
        }
    }
}
