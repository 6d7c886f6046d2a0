using AiStack.AppHost.Machine;
using AiStack.AppHost.Run;
using AiStack.AppHost.Supervision;
using Npgsql;

namespace AiStack.AppHost.Stores.Postgres;

/// <summary>PostgreSQL without containers.</summary>
internal static class EmbeddedPostgresExtensions
{
    private const int MaxConnections = 200;

    /// <summary>
    /// A program is stopped by SIGTERM, which tells PostgreSQL to wait until its last client has gone; SIGINT does not
    /// wait. The second wait is for the end itself: the signal ends the first.
    /// </summary>
    private const string FastShutdown = """trap 'kill -INT $pid' TERM INT; "$@" & pid=$!; wait $pid; wait $pid""";

    /// <summary>Adds the server, with its files in the run's data folder.</summary>
    public static IResourceBuilder<EmbeddedPostgresResource> AddEmbeddedPostgres(
        this IDistributedApplicationBuilder builder,
        string name,
        IResourceBuilder<ParameterResource> password,
        LocalRun run)
    {
        var packages = new PackageFolder(builder.Configuration);
        var folder = PostgresFolder.Of(run);
        var server = new EmbeddedPostgresResource(
            name, folder, new(() => PostgresPrograms.Find(packages, folder.Data)), password.Resource);
        var cluster = new PostgresCluster(server, run.Folder.File("secrets.json"));
        PrivateFolder.Make(folder.Home);

        var added = builder.AddResource(server).WithIconName("Database").WithEnvironment("LC_ALL", "C.UTF-8");
        if (OperatingSystem.IsWindows())
        {
            added.WithEndpoint(name: EmbeddedPostgresResource.EndpointName, scheme: "tcp", isProxied: false);
        }
        else
        {
            added.WithArgs("-c", FastShutdown, "sh")
                .WithArgs(context => Add(context, [.. Switch(packages.Programs), server.Programs.Postgres]));
        }

        return added
            .WithArgs("-D", folder.Data)
            .WithArgs(context => Add(context, Settings(server, run.Folder.IsEphemeral)))
            .WithPatientHealthCheck(cancellationToken => FindFailureAsync(server, cancellationToken))
            .WithBackUpCommand(run)
            .WithPreparation((output, cancellationToken) => cluster.PrepareAsync(packages, output, cancellationToken));
    }

    /// <summary>Adds a database, which a new server is made with.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddDatabase(
        this IResourceBuilder<EmbeddedPostgresResource> server, string name)
    {
        server.Resource.Databases.Add(name);
        return server.ApplicationBuilder
            .AddConnectionString(name, ReferenceExpression.Create($"{server.Resource};Database={name}"))
            .WithParentRelationship(server.Resource)
            .WaitFor(server);
    }

    private static void Add(CommandLineArgsCallbackContext context, IEnumerable<object> arguments)
    {
        foreach (var argument in arguments)
        {
            context.Args.Add(argument);
        }
    }

    private static IEnumerable<object> Settings(EmbeddedPostgresResource server, bool isEphemeral)
    {
        object[] settings =
        [
            .. OperatingSystem.IsWindows()
                ? new object[] { "listen_addresses=127.0.0.1", ReferenceExpression.Create($"port={server.Port}") }
                : ["listen_addresses=", $"unix_socket_directories={server.Folder.Socket}"],
            $"max_connections={MaxConnections}",
            "shared_buffers=128MB",
            "log_checkpoints=off",
            // Nothing in a temporary folder has to survive the machine's crash.
            .. isEphemeral ? ["fsync=off", "full_page_writes=off"] : Array.Empty<object>(),
        ];
        return settings.SelectMany(setting => new[] { "-c", setting });
    }

    // Where the kernel can, it also ends the server when the shell around it is killed by force.
    private static string[] Switch(SearchPath programs)
    {
        string[] asUser = UnprivilegedUser.ForPostgres() is { } user ? UnprivilegedUser.Options(user) : [];
        return programs.Find("setpriv") is { } setpriv ? [setpriv, .. asUser, "--pdeathsig", "INT", "--"] : [];
    }

    private static async Task<string?> FindFailureAsync(
        EmbeddedPostgresResource server, CancellationToken cancellationToken)
    {
        var owner = await server.ConnectionStringExpression.GetValueAsync(cancellationToken);
        var settings = new NpgsqlConnectionStringBuilder(owner) { Database = "postgres", Pooling = false, Timeout = 3 };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return null;
    }
}
