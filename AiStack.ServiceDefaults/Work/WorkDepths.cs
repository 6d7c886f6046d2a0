using System.Diagnostics;
using System.Diagnostics.Metrics;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using OpenTelemetry;

namespace AiStack.ServiceDefaults.Work;

/// <summary>A queue that this service serves.</summary>
internal sealed record ServedQueue(string Name);

/// <summary>
/// Reports how much waits in the queues that this service serves, and for how long. Each replica reports the whole
/// queue: of the same queue the largest number counts, not the sum. While the database is away nothing is reported,
/// rather than old numbers.
/// </summary>
internal sealed partial class WorkDepths : LastingService
{
    /// <summary>What counting may take of the time: where a count takes long, the pause after it is longer.</summary>
    private const double MaxShare = 0.05;

    private static readonly string[] _states = ["ready", "leased", "parked"];

    private readonly NpgsqlDataSource _database;
    private readonly WorkOptions _options;
    private readonly string[] _queues;
    private readonly Meter _meter;
    private readonly ILogger _logger;
    private IReadOnlyList<Counted>? _counted;

    public WorkDepths(
        [FromKeyedServices(Stores.Background)] NpgsqlDataSource database,
        IOptions<WorkOptions> options,
        IEnumerable<ServedQueue> queues,
        IMeterFactory meters,
        ILogger<WorkDepths> logger)
        : base(logger)
    {
        (_database, _options, _logger) = (database, options.Value, logger);
        _queues = [.. queues.Select(queue => queue.Name).Distinct(StringComparer.Ordinal)];
        _meter = meters.Create("AiStack.Work");
        _meter.CreateObservableGauge(
            "aistack.work.queue.depth",
            Depths,
            unit: "{item}",
            description: "Pieces of work in a queue, by state. Each replica reports all of the queue.");
        _meter.CreateObservableGauge(
            "aistack.work.queue.age",
            Ages,
            unit: "s",
            description: "How long the oldest piece of work of a queue has been due, without parked ones; "
                + "0 when none waits.");
    }

    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    /// <summary>Counts once, in one pass over the queues.</summary>
    internal async Task CountAsync(CancellationToken cancellationToken)
    {
        // No request asked for this: a trace every few seconds would only be in the way.
        using var silence = SuppressInstrumentationScope.Begin();
        await using var connection = await _database.OpenAsync(cancellationToken);
        _counted = await connection.ListAsync(
            $"""
            select queue, state, count(*),
                   coalesce(extract(epoch from now() - min(due_at) filter (where due_at <= now())), 0)::float8
            from ops.work_item
            where queue = any({_queues})
            group by queue, state
            """,
            row => new Counted(row.GetString(0), row.GetString(1), row.GetInt64(2), Math.Max(0, row.GetDouble(3))),
            cancellationToken);
    }

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            try
            {
                await CountAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                _counted = null;
                if (DependencyFailure.NameOf(exception) is null)
                {
                    CountingFailed(_logger, exception);
                }
            }

            var pause = Stopwatch.GetElapsedTime(started) / MaxShare;
            await Task.Delay(pause > _options.CountEvery ? pause : _options.CountEvery, stoppingToken);
        }
    }

    private IEnumerable<Measurement<long>> Depths() => _counted is not { } counted ? [] :
        from queue in _queues
        from state in _states
        let found = counted.FirstOrDefault(one => one.Queue == queue && one.State == state)
        select new Measurement<long>(found?.Items ?? 0, new("queue", queue), new("state", state));

    private IEnumerable<Measurement<double>> Ages() => _counted is not { } counted ? [] :
        from queue in _queues
        let waiting = counted.Where(one => one.Queue == queue && one.State != "parked").Select(one => one.OldestSeconds)
        select new Measurement<double>(
            waiting.DefaultIfEmpty().Max(), new KeyValuePair<string, object?>("queue", queue));

    [LoggerMessage(1, LogLevel.Error, "The queues could not be counted; they will be counted again.")]
    private static partial void CountingFailed(ILogger logger, Exception exception);

    private sealed record Counted(string Queue, string State, long Items, double OldestSeconds);
}
