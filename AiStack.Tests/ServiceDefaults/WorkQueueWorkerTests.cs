using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using AiStack.Contracts;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using AiStack.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Xunit;

namespace AiStack.Tests.ServiceDefaults;

public sealed class WorkQueueWorkerTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly Id<Project> _project = PostgresFixture.NewProject();

    /// <summary>Longer than a slow machine stands still between two renewals.</summary>
    private static readonly TimeSpan _lease = TimeSpan.FromSeconds(6);

    private NpgsqlDataSource _database = null!;
    private string _connectionString = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _connectionString = postgres.ConnectionStringOf(typeof(AiStack.Gateway.GatewayTelemetry).Assembly);
        _database = NpgsqlDataSource.Create(_connectionString);
        await ExecuteAsync($"delete from ops.work_item"); // The handler names the queue, so all tests share it.
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Work_is_done_and_leaves_the_queue()
    {
        await EnqueueAsync("one", "two", "three");
        using var worker = await StartAsync();

        await Eventually.ReadAsync(CountAsync, count => count == 0);

        Assert.Equal(["one", "three", "two"], worker.Journal.Handled.Order());
    }

    [Fact]
    public async Task One_bad_item_does_not_fail_the_others_of_its_batch()
    {
        await EnqueueAsync("good", "throws", "better");
        using var worker = await StartAsync();

        var states = await Eventually.ReadAsync(StatesAsync, states => states is [("throws", "parked", _)]);

        Assert.Contains("InvalidOperationException", states[0].Error, StringComparison.Ordinal);
        Assert.Contains(("throws", "InvalidOperationException"), worker.Journal.Parked);
        Assert.Superset(new HashSet<string> { "good", "better" }, new HashSet<string>(worker.Journal.Handled));
    }

    [Fact]
    public async Task An_item_that_the_handler_forgets_is_tried_again_and_parked_in_the_end()
    {
        await EnqueueAsync("forgotten");
        using var worker = await StartAsync();

        var states = await Eventually.ReadAsync(StatesAsync, states => states is [(_, "parked", _)]);

        Assert.Equal("It was not completed", states[0].Error);
        Assert.Equal(3, worker.Journal.Handled.Count(payload => payload == "forgotten"));
    }

    [Fact]
    public async Task An_item_that_kills_its_workers_is_parked_with_the_reason_and_its_neighbours_are_done()
    {
        await EnqueueAsync("poison", "neighbour", "bystander");
        await DieAsync(together: 3); // The first worker had all three; the other two died of the poison alone.
        await ExecuteAsync($"update ops.work_item set crashes = 2 where payload = to_jsonb('poison'::text)");
        await ExecuteAsync($"update ops.work_item set leased_until = now() where state = 'leased'");
        using var worker = await StartAsync();

        var states = await Eventually.ReadAsync(StatesAsync, states => states is [("poison", "parked", _)]);

        Assert.Equal("3 processes that worked on it died or were cut off", states[0].Error);
        Assert.Equal([("poison", states[0].Error)], worker.Journal.Parked);
        Assert.DoesNotContain("poison", worker.Journal.Handled);
        Assert.Equal(["bystander", "neighbour"], worker.Journal.Handled.Order());
    }

    [Fact]
    public async Task Work_longer_than_a_lease_and_what_waits_behind_it_are_not_taken_over_while_their_worker_lives()
    {
        // Of three pieces one worker takes the first two, and the other, which soon has nothing to do, the third.
        await EnqueueAsync(_project, "slow");
        await EnqueueAsync(PostgresFixture.NewProject(), "slow");
        await EnqueueAsync(_project, "quick");
        using var worker = await StartAsync(("Work:Lease", $"{_lease}"));

        await LetALeasePassAsync(worker, handled: 2);
        string[] handled = [.. worker.Journal.Handled];
        var suspect = await new WorkQueue<string>(_database, JournalHandler.Queue)
            .ClaimSuspectAsync(TimeSpan.FromMinutes(1), Cancellation);
        worker.Journal.Finish.SetResult();

        Assert.Null(suspect);
        Assert.Equal(["quick", "slow"], handled.Order());
        await Eventually.ReadAsync(CountAsync, count => count == 0);
        Assert.Equal(["quick", "slow", "slow"], worker.Journal.Handled.Order());
    }

    [Fact]
    public async Task Work_past_its_longest_time_is_cancelled_and_counts_as_a_failure()
    {
        await EnqueueAsync("slow");
        using var worker = await StartAsync(("Work:MaxHandling", "00:00:01"), ("Work:MaxAttempts", "1"));

        var states = await Eventually.ReadAsync(StatesAsync, states => states is [(_, "parked", _)]);

        Assert.Contains("Cancel", states[0].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_stops_in_good_order_gives_its_work_back_at_once()
    {
        await EnqueueAsync("slow");
        using (var worker = await StartAsync())
        {
            await Eventually.ReadAsync(() => Task.FromResult(worker.Journal.Handled.Count), count => count == 1);
            await worker.Host.StopAsync(Cancellation);
        }

        var lease = Assert.Single(await new WorkQueue<string>(_database, JournalHandler.Queue)
            .ClaimAsync(1, TimeSpan.FromMinutes(1), Cancellation));
        Assert.Equal((0, 0), (lease.Crashes, lease.Failures));
    }

    [Fact]
    public async Task An_outage_of_the_database_is_said_once_by_each_who_needs_it_and_without_a_stack()
    {
        using var hangsUp = new TcpListener(IPAddress.Loopback, 0);
        hangsUp.Start();
        var calls = 0;
        _ = Task.Run(
            async () =>
            {
                while (true)
                {
                    (await hangsUp.AcceptSocketAsync(Cancellation)).Dispose();
                    calls++;
                }
            },
            Cancellation);
        var port = ((IPEndPoint)hangsUp.LocalEndpoint).Port;
        _connectionString = $"Host=127.0.0.1;Port={port};Username=nobody;Password=none";
        await using var database = NpgsqlDataSource.Create(_connectionString);

        using var worker = await StartAsync(database);
        await Eventually.ReadAsync(() => Task.FromResult(calls), count => count > 20);

        var said = worker.Host.Services.GetFakeLogCollector().GetSnapshot();
        Assert.Equal(3, said.Count); // Two workers, and the ear for their wake-up.
        Assert.All(said, line => Assert.Equal((LogLevel.Warning, null), (line.Level, line.Exception)));
    }

    private Task<Worker> StartAsync(params (string Key, string Value)[] settings) => StartAsync(_database, settings);

    private async Task<Worker> StartAsync(NpgsqlDataSource database, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        foreach (var (key, value) in ((string, string)[])[
            ("Work:Poll", "00:00:00.1"), ("Work:FirstRetry", "00:00:00.05"), ("Work:MaxAttempts", "3"), .. settings])
        {
            builder.Configuration[key] = value;
        }

        builder.Services.AddLogging(logging => logging.AddFilter("Microsoft", LogLevel.None).AddFakeLogging());
        builder.Services.AddSingleton(database);
        builder.Services.AddKeyedSingleton(Stores.Background, database);
        builder.Services.AddSingleton(new ServiceRole(_connectionString, _connectionString, _connectionString));
        builder.Services.AddSingleton<Journal>();
        builder.AddWorkHandler<string, JournalHandler>(workers: 2);
        var host = builder.Build();
        await host.StartAsync(Cancellation);
        return new(host);
    }

    /// <summary>What is left of a worker that died: leases that ran out.</summary>
    private async Task DieAsync(int together) => Assert.Equal(
        together,
        (await new WorkQueue<string>(_database, JournalHandler.Queue)
            .ClaimAsync(together, TimeSpan.Zero, Cancellation)).Count);

    private Task EnqueueAsync(params string[] payloads) => EnqueueAsync(_project, payloads);

    private Task EnqueueAsync(Id<Project> project, params string[] payloads) => _database.InTransactionAsync(
        project,
        async connection =>
        {
            await WorkQueue.EnqueueAllAsync(connection, project, JournalHandler.Queue, payloads, Cancellation);
            return true;
        },
        Cancellation);

    private async Task ExecuteAsync(Sql sql)
    {
        await using var connection = await _database.OpenConnectionAsync(Cancellation);
        await connection.ExecuteAsync(sql, Cancellation);
    }

    /// <summary>Waits until a lease of what is handled now would have run out, were it not renewed.</summary>
    private async Task LetALeasePassAsync(Worker worker, int handled)
    {
        await Eventually.ReadAsync(() => Task.FromResult(worker.Journal.Handled.Count), count => count == handled);
        var until = await AgeAsync() + _lease + TimeSpan.FromSeconds(1);
        await Eventually.ReadAsync(AgeAsync, age => age > until);
    }

    private async Task<int> CountAsync() => (await StatesAsync()).Count;

    private async Task<TimeSpan> AgeAsync()
    {
        await using var connection = await _database.OpenConnectionAsync(Cancellation);
        return await connection.FirstOrDefaultAsync(
            $"select max(now() - enqueued_at) from ops.work_item", row => row.GetTimeSpan(0), Cancellation);
    }

    private async Task<List<(string Payload, string State, string Error)>> StatesAsync()
    {
        await using var connection = await _database.OpenConnectionAsync(Cancellation);
        return await connection.ListAsync(
            $"select payload #>> '{{}}', state, coalesce(last_error, '') from ops.work_item",
            row => (row.GetString(0), row.GetString(1), row.GetString(2)),
            Cancellation);
    }

    private sealed record Worker(IHost Host) : IDisposable
    {
        public Journal Journal { get; } = Host.Services.GetRequiredService<Journal>();

        public void Dispose() => Host.Dispose();
    }

    private sealed class Journal
    {
        public ConcurrentQueue<string> Handled { get; } = [];

        public ConcurrentQueue<(string Payload, string Reason)> Parked { get; } = [];

        public TaskCompletionSource Finish { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class JournalHandler(NpgsqlDataSource database, Journal journal) : IWorkHandler<string>
    {
        public static string Queue => "tests.journal";

        public static int MaxBatch => 8;

        public async Task HandleAsync(
            Id<Project> projectId, IReadOnlyList<Lease<string>> leases, CancellationToken cancellationToken)
        {
            foreach (var lease in leases)
            {
                journal.Handled.Enqueue(lease.Payload);
                switch (lease.Payload)
                {
                    case "throws":
                        throw new InvalidOperationException("It always does.");
                    case "forgotten":
                        continue;
                    case "slow":
                        await journal.Finish.Task.WaitAsync(cancellationToken);
                        break;
                }

                await database.InTransactionAsync(
                    projectId,
                    async connection =>
                    {
                        await WorkQueue.CompleteAsync(connection, lease, cancellationToken);
                        return true;
                    },
                    cancellationToken);
            }
        }

        public Task ParkedAsync(Lease<string> lease, string reason, CancellationToken cancellationToken)
        {
            journal.Parked.Enqueue((lease.Payload, reason));
            return Task.CompletedTask;
        }
    }
}
