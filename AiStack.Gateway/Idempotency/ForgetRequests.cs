using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Gateway.Idempotency;

/// <summary>Deletes what is a day old, every hour, in every replica: twice is no harm.</summary>
internal sealed class ForgetRequests(NpgsqlDataSource database, TimeProvider time, ILogger<ForgetRequests> logger)
    : LastingService(logger)
{
    private static readonly TimeSpan _every = TimeSpan.FromHours(1);

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await RunOnceAsync(database, stoppingToken);
        }
    }

    internal static async Task RunOnceAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAnsweringAsync(cancellationToken);
        await connection.ExecuteAsync(
            $"select gateway.forget_idempotent_requests()", cancellationToken, StatementLimits.Long);
    }
}
