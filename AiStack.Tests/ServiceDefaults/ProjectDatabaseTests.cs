using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Tests.Fixtures;
using Npgsql;
using Xunit;

namespace AiStack.Tests.ServiceDefaults;

public sealed class ProjectDatabaseTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private NpgsqlDataSource _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = NpgsqlDataSource.Create(
        postgres.ConnectionStringOf(typeof(AiStack.Gateway.GatewayTelemetry).Assembly));

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_query_that_forgets_its_project_sees_nothing()
    {
        var project = await ProjectWithKeyAsync();

        await using var forgetful = await _database.OpenConnectionAsync(Cancellation);
        await using var careful = await _database.OpenForAsync(project, Cancellation);

        Assert.Equal(0, await CountAsync(forgetful));
        Assert.Equal(1, await CountAsync(careful));
    }

    [Fact]
    public async Task A_project_neither_sees_nor_changes_nor_writes_anothers_rows()
    {
        var owner = await ProjectWithKeyAsync();
        var stranger = await ProjectWithKeyAsync();

        await using var connection = await _database.OpenForAsync(stranger, Cancellation);
        var changed = await connection.ExecuteAsync(
            $"update gateway.api_key set name = 'stolen' where project_id = {owner}", Cancellation);
        var deleted = await connection.ExecuteAsync(
            $"delete from gateway.api_key where project_id = {owner}", Cancellation);

        Assert.Equal(0, changed + deleted);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => InsertKeyAsync(connection, owner));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task A_connection_forgets_its_project_when_it_goes_back_to_the_pool()
    {
        var project = await ProjectWithKeyAsync();
        var single = new NpgsqlConnectionStringBuilder(_database.ConnectionString)
        {
            Password = "test",
            MaxPoolSize = 1,
        };
        await using var pool = NpgsqlDataSource.Create(single.ConnectionString);
        await using (var connection = await pool.OpenForAsync(project, Cancellation))
        {
            Assert.Equal(1, await CountAsync(connection));
        }

        await using var next = await pool.OpenConnectionAsync(Cancellation);

        Assert.Equal(0, await CountAsync(next));
    }

    [Fact]
    public async Task A_services_role_can_neither_bypass_row_level_security_nor_change_tables()
    {
        await using var connection = await _database.OpenConnectionAsync(Cancellation);
        var powers = await connection.FirstOrDefaultAsync(
            $"select rolsuper or rolbypassrls or rolcreaterole from pg_roles where rolname = current_user",
            row => row.GetBoolean(0), Cancellation);

        Assert.False(powers);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(
            $"alter table gateway.api_key disable row level security", Cancellation));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    private async Task<Id<Project>> ProjectWithKeyAsync()
    {
        var project = Id<Project>.New();
        await using var connection = await _database.OpenForAsync(project, Cancellation);
        var organisation = Id<Organisation>.New();
        await connection.ExecuteAsync(
            $"""
            insert into gateway.organisation (id, name, created_at)
            values ({organisation}, 'An organisation', now())
            """,
            Cancellation);
        await connection.ExecuteAsync(
            $"""
            insert into gateway.project (id, organisation_id, name, created_at)
            values ({project}, {organisation}, 'A project', now())
            """, Cancellation);
        await InsertKeyAsync(connection, project);
        return project;
    }

    private static Task<int> InsertKeyAsync(NpgsqlConnection connection, Id<Project> project)
    {
        var id = Id<ApiKey>.New();
        return connection.ExecuteAsync(
            $"""
            insert into gateway.api_key (id, project_id, name, sha256, hint, scopes, created_at)
            values ({id}, {project}, 'A key', sha256({id.ToString()}::bytea), 'sk-…', array['admin'], now())
            """, Cancellation);
    }

    private static async Task<long> CountAsync(NpgsqlConnection connection) =>
        await connection.FirstOrDefaultAsync(
            $"select count(*) from gateway.api_key", row => row.GetInt64(0), Cancellation);
}
