using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AiStack.Retrieval.Indexing;

/// <summary>Deletes, once in a while, the rows of files that were detached long ago.</summary>
internal sealed class PurgeDetached(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database,
    IOptions<IndexOptions> options,
    TimeProvider time,
    ILogger<PurgeDetached> logger)
    : LastingService(logger)
{
    private const int RowsAtOnce = 1_000;
    private static readonly TimeSpan _pause = TimeSpan.FromMinutes(10);

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await PurgeAsync(options.Value.KeepDetached, stoppingToken);
        }
    }

    internal async Task PurgeAsync(TimeSpan detachedFor, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        while (await connection.FirstOrDefaultAsync(
            $"select retrieval.purge_detached({detachedFor}, {RowsAtOnce})",
            row => row.GetInt64(0),
            cancellationToken) == RowsAtOnce)
        {
            // A transaction each, so that no one waits long for a row.
        }
    }
}
