using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.Serving.Routing;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AiStack.Serving.Registry;

/// <summary>Takes out versions that break the limits that they were brought in with.</summary>
internal sealed class WatchLimits(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database,
    IOptions<RoutingOptions> options,
    TimeProvider time,
    ILogger<WatchLimits> logger)
    : LastingService(logger)
{
    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.WatchEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await using var connection = await database.OpenAsync(stoppingToken);
                var undone = await connection.ListAsync(
                    $"select alias, version, evidence from serving.roll_back_broken()",
                    row => (Alias: row.GetString(0), Reason: row.GetString(1), Evidence: row.GetString(2)),
                    stoppingToken);
                foreach (var (alias, reason, evidence) in undone)
                {
                    logger.RolledBack(alias, reason, evidence);
                }
            }
            catch (Exception exception) when (
                DependencyFailure.NameOf(exception) is not null && !stoppingToken.IsCancellationRequested)
            {
                // The next round looks again.
            }
        }
    }
}
