using System.Reflection;
using AiStack.Contracts;
using AiStack.Migrations;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Fixtures;

/// <summary>
/// A real Postgres with a database of its own, a class's. No server: skipped at a desk, a failure in CI.
/// </summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    // Roles belong to the server, not to a database: all databases share one password for each.
    private static readonly string[] _services = ["evals", "gateway", "ingest", "retrieval", "serving"];

    /// <summary>A database that has every service's schema, made once a run; the others are copies of it.</summary>
    private static readonly Lazy<Task<string>> _template = new(MakeTemplateAsync);

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
            var template = await _template.Value;
            await ExecuteOnServerAsync($"create database {_database} template {template} strategy file_copy");
        }
    }

    /// <summary>How a service reaches the database, as AppHost would say: by its own role.</summary>
    public string ConnectionStringOf(Assembly service)
    {
        var schema = service.GetName().Name!.Split('.')[^1].ToLowerInvariant();
        var role = new NpgsqlConnectionStringBuilder(ConnectionString)
        {
            Username = $"aistack_{schema}",
            Password = RolePassword,
        };
        return ServiceRole.Of(role.ConnectionString, schema).ConnectionString;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await ExecuteOnServerAsync($"drop database {_database} with (force)");
        }
    }

    /// <summary>A project that no other test knows.</summary>
    public static Id<Project> NewProject() => Id<Project>.New();

    /// <summary>Puts a key where the Gateway would, by its id and scopes; its secret is not known.</summary>
    internal void AddKey(Caller caller)
    {
        using var connection = new NpgsqlConnection(ConnectionString);
        connection.Open();
        using var insert = new NpgsqlCommand(
            """
            with organisation as (
                insert into gateway.organisation (id, name, created_at) values ($1, 'test', now())
            ), project as (
                insert into gateway.project (id, organisation_id, name, created_at) values ($2, $1, 'test', now())
                on conflict do nothing
            )
            insert into gateway.api_key (id, project_id, name, sha256, hint, scopes, created_at, models)
            values ($3, $2, 'test', sha256($3::text::bytea), 'sk', $4, now(), $5)
            """,
            connection);
        insert.Parameters.Add(new() { Value = caller.OrganisationId.Value });
        insert.Parameters.Add(new() { Value = caller.ProjectId.Value });
        insert.Parameters.Add(new() { Value = caller.KeyId!.Value.Value });
        insert.Parameters.Add(new() { Value = caller.Scopes.ToArray() });
        insert.Parameters.Add(new() { Value = caller.Models?.ToArray() ?? (object)DBNull.Value });
        insert.ExecuteNonQuery();
    }

    private static async Task<string> MakeTemplateAsync()
    {
        var server = (await PostgresServer.ConnectionStringAsync())!;
        var name = $"test_template_{Guid.CreateVersion7():N}";
        await ExecuteAsync(server, $"create database {name} template template0 strategy file_copy");
        await Migrator.MigrateAsync(
            new NpgsqlConnectionStringBuilder(server) { Database = name, Pooling = false }.ConnectionString,
            _services.ToDictionary(service => service, _ => RolePassword),
            CancellationToken.None);
        return name;
    }

    private static string With(string connectionString, string database) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Database = database }.ConnectionString;

    private Task ExecuteOnServerAsync(string statement) => ExecuteAsync(_server!, statement);

    private static async Task ExecuteAsync(string server, string statement)
    {
        await using var source = NpgsqlDataSource.Create(server);
        await using var command = source.CreateCommand(statement);
        await command.ExecuteNonQueryAsync();
    }
}
