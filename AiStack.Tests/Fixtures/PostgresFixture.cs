using System.Reflection;
using AiStack.Contracts;
using AiStack.Migrations;
using AiStack.ServiceDefaults.Database;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Fixtures;

/// <summary>
/// A real Postgres with a database of its own, a class's. No server: skipped at a desk, a failure in CI.
/// </summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    // Two classes that make the same role at once would trip over each other.
    private static readonly SemaphoreSlim Migrating = new(1, 1);

    private const string RolePassword = "test";

    private readonly string _database = $"test_{Guid.CreateVersion7():N}";
    private string? _server;

    /// <summary>How the owner reaches the database, as the migrations do.</summary>
    public string ConnectionString
    {
        get
        {
            Assert.SkipWhen(_server is null, "Install PostgreSQL, or set AISTACK_TEST_POSTGRES, to run this test.");
            return With(_server, _database);
        }
    }

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.ConnectionStringAsync();
        Assert.False(
            Setting.InCI && _server is null, "CI must have PostgreSQL: a skipped test would hide a regression.");
        if (_server is not null)
        {
            await ExecuteOnServerAsync($"create database {_database} template template0 strategy file_copy");
        }
    }

    /// <summary>
    /// Brings the schemas of the services up, in the order given, and returns the last one's own connection string.
    /// </summary>
    public async Task<string> MigrateAsync(params (string Schema, Assembly Service)[] services)
    {
        await Migrating.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            // Roles belong to the server, not to a database: all classes' databases share one password for each.
            await Migrator.MigrateAsync(
                ConnectionString,
                services.ToDictionary(service => service.Schema, _ => RolePassword),
                TestContext.Current.CancellationToken);
        }
        finally
        {
            Migrating.Release();
        }

        return ServiceRole.Of(ConnectionStringOf(services[^1].Service), services[^1].Schema).ConnectionString;
    }

    /// <summary>How a service reaches the database, as AppHost would say: by its own role.</summary>
    public string ConnectionStringOf(Assembly service) => new NpgsqlConnectionStringBuilder(ConnectionString)
    {
        Username = $"aistack_{service.GetName().Name!.Split('.')[^1].ToLowerInvariant()}",
        Password = RolePassword,
    }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await ExecuteOnServerAsync($"drop database {_database} with (force)");
        }
    }

    /// <summary>A project that no other test knows.</summary>
    public static Id<Project> NewProject() => Id<Project>.New();

    private static string With(string connectionString, string database) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Database = database }.ConnectionString;

    private async Task ExecuteOnServerAsync(string statement)
    {
        await using var source = NpgsqlDataSource.Create(_server!);
        await using var command = source.CreateCommand(statement);
        await command.ExecuteNonQueryAsync();
    }
}
