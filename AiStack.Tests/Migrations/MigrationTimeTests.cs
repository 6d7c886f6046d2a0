using AiStack.Migrations;
using AiStack.ServiceDefaults.Database;
using AiStack.Tests.Fixtures;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Migrations;

/// <summary>Migrations take as long as they take.</summary>
public sealed class MigrationTimeTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_migration_waits_for_longer_than_a_statement_of_its_connection_may()
    {
        await using var owner = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var blocking = await owner.OpenConnectionAsync(Token);
        await using var transaction = await blocking.BeginTransactionAsync(Token);
        await blocking.ExecuteAsync($"lock table ops.migration in access exclusive mode", Token);
        var hasty = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { CommandTimeout = 1 };

        var migrating = Migrator.MigrateAsync(
            hasty.ConnectionString, new Dictionary<string, string>(), CancellationToken.None);
        await Eventually.TrueAsync(() => WaitsAsync(owner), Token);
        await transaction.RollbackAsync(Token);

        Assert.Equal(0, await migrating);
    }

    private static async Task<bool> WaitsAsync(NpgsqlDataSource owner)
    {
        await using var connection = await owner.OpenConnectionAsync(Token);
        return await connection.FirstOrDefaultAsync(
            $"""
            select true
            from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock' and now() - query_start > interval '2 s'
            """,
            row => row.GetBoolean(0),
            Token);
    }
}
