using AiStack.Contracts;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using AiStack.Tests.Fixtures;
using Npgsql;
using Xunit;

namespace AiStack.Tests.ServiceDefaults;

public sealed class WorkQueueTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly Id<Project> Project = PostgresFixture.NewProject();

    private NpgsqlDataSource _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = NpgsqlDataSource.Create(
        await postgres.MigrateAsync(("gateway", typeof(Gateway.GatewayTelemetry).Assembly)));

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Work_enqueued_in_a_transaction_that_fails_never_happens()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => _database.InTransactionAsync<int>(
            Project,
            async connection =>
            {
                await WorkQueue.EnqueueAsync(connection, Project, "rolled-back", "payload", Cancellation);
                throw new InvalidOperationException("The change failed after its work was queued.");
            },
            Cancellation));

        Assert.Empty(await new WorkQueue<string>(_database, "rolled-back").ClaimAsync(10, TimeSpan.FromMinutes(1), Cancellation));
    }

    [Fact]
    public async Task Two_workers_never_lease_the_same_item()
    {
        await EnqueueAsync("shared", count: 50);
        var queue = new WorkQueue<int>(_database, "shared");

        var claims = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => queue.ClaimAsync(10, TimeSpan.FromMinutes(1), Cancellation)));

        var leased = claims.SelectMany(claim => claim).Select(lease => lease.Payload).ToList();
        Assert.NotEmpty(leased);
        Assert.Equal(leased.Distinct().Count(), leased.Count);
    }

    [Fact]
    public async Task An_item_whose_lease_ran_out_is_leased_again_and_counted()
    {
        await EnqueueAsync("crashy", count: 1);
        var queue = new WorkQueue<int>(_database, "crashy");
        var first = Assert.Single(await queue.ClaimAsync(1, TimeSpan.Zero, Cancellation));

        var second = Assert.Single(await queue.ClaimAsync(1, TimeSpan.FromMinutes(1), Cancellation));

        Assert.Equal(first.Id, second.Id);
        Assert.Equal(2, second.Attempt);
        Assert.Equal(Project, second.ProjectId);
    }

    [Fact]
    public async Task A_worker_that_lost_its_lease_cannot_store_its_result()
    {
        await EnqueueAsync("fenced", count: 1);
        var queue = new WorkQueue<int>(_database, "fenced");
        var slow = Assert.Single(await queue.ClaimAsync(1, TimeSpan.Zero, Cancellation));
        var fast = Assert.Single(await queue.ClaimAsync(1, TimeSpan.FromMinutes(1), Cancellation));

        await Assert.ThrowsAsync<LeaseLostException>(() => CompleteAsync(slow));
        await CompleteAsync(fast);
    }

    [Fact]
    public async Task A_parked_item_is_not_leased_again()
    {
        await EnqueueAsync("poison", count: 1);
        var queue = new WorkQueue<int>(_database, "poison");
        var lease = Assert.Single(await queue.ClaimAsync(1, TimeSpan.FromMinutes(1), Cancellation));

        await queue.ParkAsync(lease, "It cannot be read.", Cancellation);

        Assert.Empty(await queue.ClaimAsync(1, TimeSpan.FromMinutes(1), Cancellation));
    }

    [Fact]
    public async Task An_item_put_back_waits_for_its_delay()
    {
        await EnqueueAsync("again", count: 1);
        var queue = new WorkQueue<int>(_database, "again");
        var lease = Assert.Single(await queue.ClaimAsync(1, TimeSpan.FromMinutes(1), Cancellation));

        await queue.RetryAsync(lease, TimeSpan.FromHours(1), "Not yet.", Cancellation);

        Assert.Empty(await queue.ClaimAsync(1, TimeSpan.FromMinutes(1), Cancellation));
    }

    private Task CompleteAsync(Lease<int> lease) => _database.InTransactionAsync(
        Project,
        async connection =>
        {
            await WorkQueue.CompleteAsync(connection, lease, Cancellation);
            return lease;
        },
        Cancellation);

    private Task EnqueueAsync(string queue, int count) => _database.InTransactionAsync(
        Project,
        async connection =>
        {
            await WorkQueue.EnqueueAllAsync(connection, Project, queue, Enumerable.Range(0, count).ToList(), Cancellation);
            return count;
        },
        Cancellation);
}
