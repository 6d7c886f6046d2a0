using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using AiStack.Tests.Fixtures;
using Npgsql;
using Xunit;

namespace AiStack.Tests.ServiceDefaults;

public sealed class WorkQueueTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly Id<Project> _project = PostgresFixture.NewProject();

    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    private NpgsqlDataSource _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = NpgsqlDataSource.Create(
        postgres.ConnectionStringOf(typeof(AiStack.Gateway.GatewayTelemetry).Assembly));

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Work_enqueued_in_a_transaction_that_fails_never_happens()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => _database.InTransactionAsync<int>(
            _project,
            async connection =>
            {
                await WorkQueue.EnqueueAsync(connection, _project, "rolled-back", "payload", Cancellation);
                throw new InvalidOperationException("The change failed after its work was queued.");
            },
            Cancellation));

        Assert.Empty(await new WorkQueue<string>(_database, "rolled-back").ClaimAsync(10, _minute, Cancellation));
    }

    [Fact]
    public async Task Two_workers_never_lease_the_same_item()
    {
        await EnqueueAsync("shared", count: 50);
        var queue = new WorkQueue<int>(_database, "shared");

        var claims = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => queue.ClaimAsync(10, _minute, Cancellation)));

        var leased = claims.SelectMany(claim => claim).Select(lease => lease.Payload).ToList();
        Assert.NotEmpty(leased);
        Assert.Equal(leased.Distinct().Count(), leased.Count);
    }

    [Fact]
    public async Task What_shall_come_first_does_the_newest_before_what_came_earlier()
    {
        foreach (var (payload, turn) in new[]
        {
            (1, WorkTurn.Last), (2, WorkTurn.NewestFirst), (3, WorkTurn.Early), (4, WorkTurn.NewestFirst),
            (5, WorkTurn.Early), (6, WorkTurn.Last),
        })
        {
            await _database.InTransactionAsync(
                _project,
                async connection =>
                {
                    await WorkQueue.EnqueueAllAsync(
                        connection, _project, "turns", [payload], Cancellation, turn: turn);
                    return true;
                },
                Cancellation);
        }

        var queue = new WorkQueue<int>(_database, "turns");
        var claimed = new List<int>();
        while (await queue.ClaimAsync(1, _minute, Cancellation) is [var lease])
        {
            claimed.Add(lease.Payload);
        }

        Assert.Equal([4, 2, 3, 5, 1, 6], claimed);
    }

    [Fact]
    public async Task What_is_hastened_comes_before_what_was_first_and_what_has_no_turn_before_others_stays()
    {
        async Task AddAsync(string store, WorkTurn turn) => await _database.InTransactionAsync(
            _project,
            async connection =>
            {
                await WorkQueue.EnqueueAllAsync(
                    connection, _project, "hastened", [new { Store = store, Turn = (int)turn }], Cancellation,
                    turn: turn);
                return true;
            },
            Cancellation);
        await AddAsync("searched", WorkTurn.Last);
        await AddAsync("searched", WorkTurn.Early);
        await AddAsync("searched", WorkTurn.NewestFirst);
        await AddAsync("other", WorkTurn.NewestFirst);

        await using (var connection = await _database.OpenConnectionAsync(Cancellation))
        {
            await WorkQueue.HastenAsync(connection, "hastened", "store", "searched", 10, Cancellation);
        }

        var queue = new WorkQueue<System.Text.Json.Nodes.JsonObject>(_database, "hastened");
        var claimed = new List<(string, int)>();
        while (await queue.ClaimAsync(1, _minute, Cancellation) is [var lease])
        {
            claimed.Add(((string)lease.Payload["store"]!, (int)lease.Payload["turn"]!));
        }

        Assert.All(claimed[..2], one => Assert.Equal("searched", one.Item1));
        Assert.Equal([("other", (int)WorkTurn.NewestFirst), ("searched", (int)WorkTurn.Last)], claimed[2..]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 3)]
    [InlineData(20, 8)]
    [InlineData(50, 8)]
    public async Task One_of_two_workers_leases_its_part_of_few_items_and_a_whole_batch_of_many(int ready, int leased)
    {
        await EnqueueAsync($"parts-{ready}", count: ready);
        var queue = new WorkQueue<int>(_database, $"parts-{ready}");

        Assert.Equal(leased, (await queue.ClaimAsync(8, _minute, Cancellation, workers: 2)).Count);
    }

    [Fact]
    public async Task Work_does_not_wait_for_a_clock_that_was_set_back()
    {
        await EnqueueAsync("ahead", count: 3);
        var queue = new WorkQueue<int>(_database, "ahead", longestRetry: _minute);
        var first = Assert.Single(await queue.ClaimAsync(1, _minute, Cancellation));
        await queue.RetryAsync(first, _minute / 2, "It failed.", Cancellation);
        Assert.Single(await queue.ClaimAsync(1, _minute, Cancellation));
        await MoveAsync("ahead", TimeSpan.FromHours(3));

        var ready = await queue.ClaimAsync(10, _minute, Cancellation);
        var suspect = await queue.ClaimSuspectAsync(_minute, Cancellation);

        Assert.Equal(2, ready.Count); // The one that never was leased, and the one to try again.
        Assert.NotNull(suspect);
    }

    [Fact]
    public async Task Work_that_is_put_off_or_leased_is_left_alone_until_then()
    {
        await EnqueueAsync("put-off", count: 2);
        var queue = new WorkQueue<int>(_database, "put-off", longestRetry: _minute);
        var leases = await queue.ClaimAsync(10, _minute, Cancellation);
        await queue.RetryAsync(leases[0], _minute, "It failed.", Cancellation);

        Assert.Empty(await queue.ClaimAsync(10, _minute, Cancellation));
        Assert.Null(await queue.ClaimSuspectAsync(_minute, Cancellation));
    }

    [Fact]
    public async Task Several_items_are_completed_together_or_when_another_has_one_not_at_all()
    {
        await EnqueueAsync("together", count: 3);
        var queue = new WorkQueue<int>(_database, "together");
        var leases = await queue.ClaimAsync(3, _minute, Cancellation);
        List<Lease<int>> lost = [.. leases.Take(2), leases[2] with { Attempt = 7 }];

        await Assert.ThrowsAsync<LeaseLostException>(() => CompleteAsync(lost));
        Assert.Equal(3, (await queue.HeldAsync(leases, Cancellation)).Count);
        await CompleteAsync(leases);
        Assert.Empty(await queue.HeldAsync(leases, Cancellation));

        Task<bool> CompleteAsync(List<Lease<int>> held) => _database.InTransactionAsync(
            _project,
            async connection =>
            {
                await WorkQueue.CompleteAllAsync(connection, held, Cancellation);
                return true;
            },
            Cancellation);
    }

    [Fact]
    public async Task An_item_whose_lease_ran_out_is_leased_again_and_its_crash_counted()
    {
        await EnqueueAsync("crashy", count: 1);
        var queue = new WorkQueue<int>(_database, "crashy");
        var first = Assert.Single(await queue.ClaimAsync(1, TimeSpan.Zero, Cancellation));

        Assert.Empty(await queue.ClaimAsync(1, _minute, Cancellation));
        var second = await queue.ClaimSuspectAsync(_minute, Cancellation);

        Assert.NotNull(second);
        Assert.Equal(first.Id, second.Id);
        Assert.Equal((2, 1, 0), (second.Attempt, second.Crashes, second.Failures));
        Assert.Equal(_project, second.ProjectId);
    }

    [Fact]
    public async Task Suspects_are_leased_one_at_a_time_however_many_ask()
    {
        await EnqueueAsync("suspects", count: 5);
        var queue = new WorkQueue<int>(_database, "suspects");
        await queue.ClaimAsync(5, TimeSpan.Zero, Cancellation);

        var claims = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => queue.ClaimSuspectAsync(_minute, Cancellation)));

        var suspect = Assert.Single(claims.OfType<Lease<int>>());
        await CompleteAsync(suspect);
        Assert.NotNull(await queue.ClaimSuspectAsync(_minute, Cancellation));
    }

    [Fact]
    public async Task The_suspect_with_the_fewest_crashes_comes_first_so_that_the_innocent_get_through()
    {
        await EnqueueAsync("poisoned", count: 2);
        var queue = new WorkQueue<int>(_database, "poisoned");
        await queue.ClaimAsync(2, TimeSpan.Zero, Cancellation);

        var poison = await queue.ClaimSuspectAsync(TimeSpan.Zero, Cancellation);
        var next = await queue.ClaimSuspectAsync(_minute, Cancellation);

        Assert.NotEqual(poison!.Payload, next!.Payload);
    }

    [Fact]
    public async Task A_renewed_lease_does_not_run_out_and_a_lost_one_cannot_be_renewed()
    {
        await EnqueueAsync("long", count: 1);
        var queue = new WorkQueue<int>(_database, "long");
        var lease = Assert.Single(await queue.ClaimAsync(1, TimeSpan.Zero, Cancellation));

        await queue.RenewAsync([lease], _minute, Cancellation);

        Assert.Null(await queue.ClaimSuspectAsync(_minute, Cancellation));
        await queue.RenewAsync([lease], TimeSpan.Zero, Cancellation);
        Assert.NotNull(await queue.ClaimSuspectAsync(TimeSpan.Zero, Cancellation));
        await queue.RenewAsync([lease], _minute, Cancellation);
        Assert.NotNull(await queue.ClaimSuspectAsync(TimeSpan.Zero, Cancellation));
    }

    [Fact]
    public async Task An_item_released_by_a_worker_that_stops_is_not_suspected()
    {
        await EnqueueAsync("stopped", count: 2);
        var queue = new WorkQueue<int>(_database, "stopped");
        var leases = await queue.ClaimAsync(2, _minute, Cancellation);
        await CompleteAsync(leases[0]);

        await queue.ReleaseAsync(leases, Cancellation);

        var again = Assert.Single(await queue.ClaimAsync(2, _minute, Cancellation));
        Assert.Equal((leases[1].Id, 0, 0), (again.Id, again.Crashes, again.Failures));
    }

    [Fact]
    public async Task A_failure_that_is_not_the_items_own_is_not_counted()
    {
        await EnqueueAsync("outage", count: 1);
        var queue = new WorkQueue<int>(_database, "outage");
        var first = Assert.Single(await queue.ClaimAsync(1, _minute, Cancellation));
        await queue.RetryAsync(
            first, TimeSpan.Zero, "The database could not be reached.", Cancellation, isOwnFault: false);
        var second = Assert.Single(await queue.ClaimAsync(1, _minute, Cancellation));
        await queue.RetryAsync(second, TimeSpan.Zero, "It cannot be read.", Cancellation);

        var third = Assert.Single(await queue.ClaimAsync(1, _minute, Cancellation));

        Assert.Equal((0, 1), (second.Failures, third.Failures));
    }

    [Fact]
    public async Task A_worker_that_lost_its_lease_cannot_store_its_result()
    {
        await EnqueueAsync("fenced", count: 1);
        var queue = new WorkQueue<int>(_database, "fenced");
        var slow = Assert.Single(await queue.ClaimAsync(1, TimeSpan.Zero, Cancellation));
        var fast = (await queue.ClaimSuspectAsync(_minute, Cancellation))!;

        await Assert.ThrowsAsync<LeaseLostException>(() => CompleteAsync(slow));
        await CompleteAsync(fast);
    }

    [Fact]
    public async Task A_parked_item_is_not_leased_again()
    {
        await EnqueueAsync("poison", count: 1);
        var queue = new WorkQueue<int>(_database, "poison");
        var lease = Assert.Single(await queue.ClaimAsync(1, _minute, Cancellation));

        await queue.ParkAsync(lease, "It cannot be read.", Cancellation);

        Assert.Empty(await queue.ClaimAsync(1, _minute, Cancellation));
    }

    [Fact]
    public async Task An_item_put_back_waits_for_its_delay()
    {
        await EnqueueAsync("again", count: 1);
        var queue = new WorkQueue<int>(_database, "again");
        var lease = Assert.Single(await queue.ClaimAsync(1, _minute, Cancellation));

        await queue.RetryAsync(lease, TimeSpan.FromHours(1), "Not yet.", Cancellation);

        Assert.Empty(await queue.ClaimAsync(1, _minute, Cancellation));
    }

    private Task CompleteAsync(Lease<int> lease) => _database.InTransactionAsync(
        _project,
        async connection =>
        {
            await WorkQueue.CompleteAsync(connection, lease, Cancellation);
            return lease;
        },
        Cancellation);

    // As if it had been put there before the clock was set back.
    private async Task MoveAsync(string queue, TimeSpan ahead)
    {
        await using var connection = await _database.OpenConnectionAsync(Cancellation);
        await connection.ExecuteAsync(
            $"""
            update ops.work_item
            set enqueued_at = enqueued_at + {ahead}, available_at = available_at + {ahead},
                leased_until = leased_until + {ahead}
            where queue = {queue}
            """, Cancellation);
    }

    private Task EnqueueAsync(string queue, int count) => _database.InTransactionAsync(
        _project,
        async connection =>
        {
            await WorkQueue.EnqueueAllAsync(
                connection, _project, queue, Enumerable.Range(0, count).ToList(), Cancellation);
            return count;
        },
        Cancellation);
}
