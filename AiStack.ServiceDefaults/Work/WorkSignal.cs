using System.Collections.Concurrent;
using AiStack.ServiceDefaults.Database;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AiStack.ServiceDefaults.Work;

/// <summary>
/// Wakes workers when work is committed, by LISTEN/NOTIFY. It may miss a wake-up while the database is away;
/// the workers poll as well, so that costs a second, not an item.
/// </summary>
internal sealed partial class WorkSignal(ServiceRole role, ILogger<WorkSignal> logger) : LastingService(logger)
{
    public const string Channel = "aistack_work";

    private static readonly TimeSpan _reconnectDelay = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, SemaphoreSlim> _waiting = new(StringComparer.Ordinal);
    private bool _isCutOff;

    /// <summary>
    /// Returns when work was committed to <paramref name="queue"/>, or after <paramref name="poll"/>.
    /// </summary>
    public Task WaitAsync(string queue, TimeSpan poll, CancellationToken cancellationToken) =>
        Semaphore(queue).WaitAsync(poll, cancellationToken);

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // An outage is said once, however often it is tried.
                if (!_isCutOff)
                {
                    ListeningFailed(logger, exception.Message);
                    _isCutOff = true;
                }

                await Task.Delay(_reconnectDelay, stoppingToken);
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        // A connection of its own, outside the pool: it is busy waiting for as long as the service lives.
        var connectionString = new NpgsqlConnectionStringBuilder(role.Background) { Pooling = false };
        await using var connection = new NpgsqlConnection(connectionString.ConnectionString);
        connection.Notification += (_, notice) => Wake(notice.Payload);
        await connection.OpenAsync(cancellationToken);
        await using (var listen = new NpgsqlCommand($"listen {Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(cancellationToken);
        }

        _isCutOff = false;
        while (true)
        {
            await connection.WaitAsync(cancellationToken);
        }
    }

    private void Wake(string queue)
    {
        var semaphore = Semaphore(queue);
        if (semaphore.CurrentCount == 0)
        {
            semaphore.Release(); // Two racing wake-ups leave two permits: one look too many, which finds nothing.
        }
    }

    private SemaphoreSlim Semaphore(string queue) => _waiting.GetOrAdd(queue, _ => new SemaphoreSlim(0));

    [LoggerMessage(1, LogLevel.Warning, "Waiting for work is down to polling until the database is back: {Reason}")]
    private static partial void ListeningFailed(ILogger logger, string reason);
}
