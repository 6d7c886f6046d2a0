using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using AiStack.Tests.Fixtures;
using Npgsql;
using Xunit;

namespace AiStack.Tests.ServiceDefaults;

/// <summary>What is refused leaves nothing behind.</summary>
public sealed class TransactionTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly Fault _refusal = new(FaultCode.Conflict, "No.");

    private readonly Id<Project> _project = PostgresFixture.NewProject();
    private NpgsqlDataSource _database = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _database = NpgsqlDataSource.Create(
            postgres.ConnectionStringOf(typeof(global::AiStack.Gateway.GatewayTelemetry).Assembly));
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task What_returns_a_fault_writes_nothing()
    {
        await _database.InTransactionAsync<Fault?>(_project, WriteAsync<Fault?>(_refusal), Token);
        await _database.InTransactionAsync<Outcome<string>>(_project, WriteAsync<Outcome<string>>(_refusal), Token);
        await _database.InTransactionAsync<Outcome<string>>(WriteAsync<Outcome<string>>(_refusal), Token);

        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task What_returns_anything_else_is_written()
    {
        await _database.InTransactionAsync<Fault?>(_project, WriteAsync<Fault?>(null), Token);
        await _database.InTransactionAsync<Outcome<string>>(_project, WriteAsync<Outcome<string>>("done"), Token);
        await _database.InTransactionAsync<bool>(WriteAsync(false), Token);

        Assert.Equal(3, await CountAsync());
    }

    private Func<NpgsqlConnection, Task<T>> WriteAsync<T>(T result) => async connection =>
    {
        await WorkQueue.EnqueueAsync(connection, _project, "written", "work", Token);
        return result;
    };

    private async Task<long> CountAsync()
    {
        await using var connection = await _database.OpenConnectionAsync(Token);
        return await connection.FirstOrDefaultAsync(
            $"select count(*) from ops.work_item where project_id = {_project}", row => row.GetInt64(0), Token);
    }
}
