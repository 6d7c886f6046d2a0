using AiStack.Contracts;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Ingest.Files;

/// <summary>Deletes, once in a while, superseded files whose time is over and that nothing holds.</summary>
internal sealed class ClearSuperseded(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database,
    TimeProvider time,
    ILogger<ClearSuperseded> logger)
    : LastingService(logger)
{
    private const int FilesAtOnce = 500;
    private static readonly TimeSpan _pause = TimeSpan.FromMinutes(10);

    /// <summary>What is still held is looked at again.</summary>
    private static readonly TimeSpan _again = TimeSpan.FromMinutes(50);

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await ClearAsync(time.GetUtcNow(), stoppingToken);
        }
    }

    internal async Task ClearAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        while (await DueAsync(now, cancellationToken) is { Count: > 0 } due)
        {
            foreach (var files in due.GroupBy(file => file.Project))
            {
                Guid[] ids = [.. files.Select(file => file.File)];
                await database.InTransactionAsync(
                    files.Key, connection => ClearAsync(connection, files.Key, ids, now, cancellationToken),
                    cancellationToken);
            }
        }
    }

    private async Task<List<(Id<Project> Project, Guid File)>> DueAsync(
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ListAsync(
            $"select project_id, file_id from ingest.files_to_clear({now}, {FilesAtOnce})",
            row => (new Id<Project>(row.GetGuid(0)), row.GetGuid(1)),
            cancellationToken);
    }

    private static async Task<bool> ClearAsync(
        NpgsqlConnection connection, Id<Project> project, Guid[] files, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var free = await connection.ListAsync(
            $"""
            update ingest.file
            set clear_at = {now + _again}
            where id in (
                select id
                from ingest.file
                where id = any({files}) and clear_at <= {now} and deleted_at is null
                order by id
                for update)
            returning id, retrieval.is_held(id)
            """,
            row => (Id: row.GetGuid(0), IsHeld: row.GetBoolean(1)),
            cancellationToken);
        await DeleteFiles.RunAsync(
            connection, project, [.. free.Where(file => !file.IsHeld).Select(file => file.Id)], now,
            cancellationToken);
        return true;
    }
}
