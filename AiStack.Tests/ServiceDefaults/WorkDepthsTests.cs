using System.Diagnostics.Metrics;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Work;
using AiStack.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Npgsql;
using Xunit;

namespace AiStack.Tests.ServiceDefaults;

public sealed class WorkDepthsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly Id<Project> _project = PostgresFixture.NewProject();

    private readonly Dictionary<string, double> _reported = [];
    private readonly FakeLogger<WorkDepths> _log = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private NpgsqlDataSource _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public async ValueTask InitializeAsync() =>
        _database = NpgsqlDataSource.Create(
            postgres.ConnectionStringOf(typeof(global::AiStack.Gateway.GatewayTelemetry).Assembly));

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task Every_state_of_every_queue_served_is_reported_with_how_long_the_oldest_waits()
    {
        await EnqueueAsync("counted", 3);
        await EnqueueAsync("another service's", 5);
        await ExecuteAsync(
            $"""
            update ops.work_item
            set enqueued_at = now() - interval '1 day', due_at = now() - interval '90 seconds'
            where id = (select id from ops.work_item where queue = 'counted' order by id limit 1)
            """);
        await ExecuteAsync(
            $"""
            update ops.work_item
            set state = 'parked', last_error = 'broken', due_at = now() - interval '1 day'
            where id = (select id from ops.work_item where queue = 'counted' order by id desc limit 1)
            """);
        using var depths = Depths(_database, "counted", "empty");

        await depths.CountAsync(Cancellation);
        Report();

        Assert.Equal(
            [
                ("counted leased", 0), ("counted parked", 1), ("counted ready", 2),
                ("empty leased", 0), ("empty parked", 0), ("empty ready", 0),
            ],
            _reported.Where(pair => pair.Key.Contains(' ', StringComparison.Ordinal))
                .OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => (pair.Key, (int)pair.Value)));
        Assert.InRange(_reported["counted"], 90, 150);
        Assert.Equal(0, _reported["empty"]);
    }

    [Fact]
    public async Task While_the_database_is_away_nothing_is_reported()
    {
        await using var away = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=nobody;Timeout=1");
        using var depths = Depths(away, "counted");

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => depths.CountAsync(Cancellation));
        Report();

        Assert.Empty(_reported);
    }

    [Fact]
    public async Task Counting_goes_on_after_a_failure_of_any_kind()
    {
        using var depths = Depths(_database, "counted");
        await ExecuteAsOwnerAsync("alter table ops.work_item rename to away");
        await depths.StartAsync(Cancellation);
        await Eventually.TrueAsync(() => Task.FromResult(_log.Collector.Count > 0), Cancellation);

        await ExecuteAsOwnerAsync("alter table ops.away rename to work_item");

        await Eventually.TrueAsync(
            () =>
            {
                Report();
                return Task.FromResult(_reported.ContainsKey("counted ready"));
            },
            Cancellation);
        await depths.StopAsync(Cancellation);
    }

    private WorkDepths Depths(NpgsqlDataSource database, params string[] queues) => new(
        database,
        Options.Create(new WorkOptions { CountEvery = TimeSpan.FromMilliseconds(100) }),
        queues.Select(queue => new ServedQueue(queue)),
        Meters,
        _log);

    private void Report()
    {
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == Meters)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, items, tags, _) => _reported[Key(tags)] = items);
        listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) => _reported[Key(tags)] = seconds);
        listener.Start();
        listener.RecordObservableInstruments();
    }

    private static string Key(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        string.Join(' ', tags.ToArray().Select(tag => tag.Value));

    private async Task EnqueueAsync(string queue, int count)
    {
        await using var connection = await _database.OpenConnectionAsync(Cancellation);
        await WorkQueue.EnqueueAllAsync(connection, _project, queue, [.. Enumerable.Range(0, count)], Cancellation);
    }

    private async Task ExecuteAsOwnerAsync(string statement)
    {
        await using var owner = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var command = owner.CreateCommand(statement);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private async Task ExecuteAsync(Sql sql)
    {
        await using var connection = await _database.OpenConnectionAsync(Cancellation);
        await connection.ExecuteAsync(sql, Cancellation);
    }
}
