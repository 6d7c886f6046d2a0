using AiStack.AppHost.Machine;
using AiStack.AppHost.Run;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AiStack.AppHost.Stores.Postgres;

internal static class BackUpExtensions
{
    /// <summary>
    /// "Back up": a dump of every database in the data folder, for <c>pg_restore</c>. There is no such command where
    /// PostgreSQL came as a package, which has no <c>pg_dump</c>.
    /// </summary>
    public static IResourceBuilder<EmbeddedPostgresResource> WithBackUpCommand(
        this IResourceBuilder<EmbeddedPostgresResource> server, LocalRun run) =>
        server.WithCommand(
            "back-up",
            "Back up",
            async context =>
            {
                try
                {
                    return CommandResults.Success(await BackUpAsync(server.Resource, run, context.CancellationToken));
                }
                catch (RefusalException exception)
                {
                    return CommandResults.Failure(exception.Message);
                }
            },
            new CommandOptions
            {
                Description = "Writes a dump of the database into the folder backups of the data folder.",
                IconName = "ArrowDownload",
                UpdateState = context => context.ResourceSnapshot.HealthStatus != HealthStatus.Healthy
                    ? ResourceCommandState.Disabled
                    : server.Resource.Programs.PgDump is null ? ResourceCommandState.Hidden
                    : ResourceCommandState.Enabled,
            });

    private static async Task<string> BackUpAsync(
        EmbeddedPostgresResource server, LocalRun run, CancellationToken cancellationToken)
    {
        var folder = run.Folder.File("backups");
        PrivateFolder.Make(folder);
        var environment = new Dictionary<string, string>
        {
            ["PGHOST"] = OperatingSystem.IsWindows() ? "127.0.0.1" : server.Folder.Socket,
            ["PGPORT"] = OperatingSystem.IsWindows()
                ? await server.Port.GetValueAsync(cancellationToken) ?? ""
                : "5432",
            ["PGUSER"] = EmbeddedPostgresResource.Owner,
            ["PGPASSWORD"] = await server.Password.GetValueAsync(cancellationToken) ?? "",
        };
        List<string> files = [];
        foreach (var database in server.Databases)
        {
            var file = Path.Combine(folder, $"{database}-{TimeProvider.System.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}.dump");
            await OneShot.RunAsync(
                server.Programs.PgDump!, ["--format=custom", $"--file={file}", database], folder, "",
                cancellationToken, environment);
            files.Add(file);
        }

        return $"The database is in {string.Join(", ", files)}. Keep {run.Folder.File("blobs")} and "
            + $"{run.Folder.File("secrets.json")} with it.";
    }
}
