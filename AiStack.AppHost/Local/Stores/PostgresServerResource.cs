using AiStack.AppHost.Local.Feed;
using AiStack.AppHost.Local.Processes;

namespace AiStack.AppHost.Local.Stores;

/// <summary>A PostgreSQL server of our own in the data folder, reached by a unix socket where there are such.</summary>
internal sealed class PostgresServerResource(string name) : Resource(name)
{
    public const string Owner = "postgres";

    public override string Kind => "postgres";

    public List<string> Databases { get; } = [];

    public string ConnectionString(RunContext run, string database) =>
        run.GivenConnectionString(database)
        ?? $"{Address(run)};Database={database};Username={Owner};Password={Password(run)}";

    public override Unit CreateUnit(RunContext run)
    {
        if (Databases.All(database => run.GivenConnectionString(database) is not null))
        {
            return new ElsewhereUnit(Name);
        }

        if (OperatingSystem.IsWindows())
        {
            run.Ports.TakeFree(Name);
        }

        var cluster = new PostgresCluster(run, Databases, Password(run));
        return new Supervisor(
            Name, token => cluster.PrepareAsync(PortOrNull(run), token), cluster, isJob: false, run);
    }

    public override IReadOnlyList<EndpointView> Endpoints(RunContext run) =>
        Databases.All(database => run.GivenConnectionString(database) is not null) ? []
        : PortOrNull(run) is { } port ? [new EndpointView("postgres", $"postgres://127.0.0.1:{port}")]
        : [new EndpointView("socket", PostgresFolder.Of(run).Socket)];

    private string Address(RunContext run) => PortOrNull(run) is { } port
        ? $"Host=127.0.0.1;Port={port}"
        : $"Host={PostgresFolder.Of(run).Socket}";

    private int? PortOrNull(RunContext run) => OperatingSystem.IsWindows() ? run.Ports.Of(Name) : null;

    private static string Password(RunContext run) =>
        run.Redaction.Keep(run.Secrets.GetOrAdd("postgres-password", () => RandomText.Letters(32)));
}

/// <summary>One database of the server; the services get its connection string.</summary>
internal sealed class PostgresDatabaseResource(string name, PostgresServerResource server)
    : Resource(name), IResourceWithConnectionString
{
    public override Resource RunsIn => server;

    public string ConnectionString(RunContext run) => server.ConnectionString(run, Name);
}
