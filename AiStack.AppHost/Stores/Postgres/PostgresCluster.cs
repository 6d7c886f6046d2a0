using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AiStack.AppHost.Machine;
using AiStack.AppHost.Run;
using Microsoft.Extensions.Logging;

namespace AiStack.AppHost.Stores.Postgres;

/// <summary>The files of the embedded PostgreSQL server: made at the first start, used again at every other.</summary>
internal sealed partial class PostgresCluster(EmbeddedPostgresResource server, string secretsPath)
{
    private static readonly TimeSpan _predecessorLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    private string Data => server.Folder.Data;

    // Tells the password apart.
    private string ReadyMark => Path.Combine(Data, "aistack.ready");

    /// <summary>Makes the server's files if there are none, once no other process uses them.</summary>
    public async Task PrepareAsync(PackageFolder packages, ILogger output, CancellationToken cancellationToken)
    {
        if (server.Programs.Package is { } package)
        {
            await packages.GetAsync(package, cancellationToken);
        }

        var user = UnprivilegedUser.ForPostgres();
        if (user is not null && packages.Programs.Find("setpriv") is null)
        {
            throw new RefusalException(
                "PostgreSQL must not run as root, and setpriv (package util-linux) is missing. "
                + "Start as an ordinary user.");
        }

        await UnprivilegedUser.OwnAsync(user, [server.Folder.Home, server.Folder.Socket], cancellationToken);
        await EndPredecessorAsync(output, cancellationToken);
        var password = await server.Password.GetValueAsync(cancellationToken) ?? "";
        var mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(password)));
        if (!Directory.Exists(Data))
        {
            LogMaking(output, Data);
            await InitialiseAsync(password, mark, user, cancellationToken);
        }
        else if (!File.Exists(ReadyMark) || await File.ReadAllTextAsync(ReadyMark, cancellationToken) is "")
        {
            // It may hold data: we must not delete it.
            throw new RefusalException(
                $"{ReadyMark} is gone or empty, so {Data} may not be whole. Restore the folder from a backup; if "
                + "nothing was in it yet, delete it; or start on another folder with --data.");
        }
        else if (await File.ReadAllTextAsync(ReadyMark, cancellationToken) != mark)
        {
            throw new RefusalException(
                $"{secretsPath} does not hold the password of {Data}. Restore the file that belongs to this data, or "
                + "start on another folder with --data.");
        }
    }

    // Made under another name and renamed when whole: what an interrupted start left behind is never taken for data.
    private async Task InitialiseAsync(
        string password, string mark, string? user, CancellationToken cancellationToken)
    {
        var unfinished = $"{Data}.new";
        if (Directory.Exists(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
        }

        var passwordFile = Path.Combine(server.Folder.Home, "password");
        PrivateFile.Write(passwordFile, password);
        await UnprivilegedUser.OwnAsync(user, [passwordFile], cancellationToken);
        try
        {
            await RunAsync(
                server.Programs.InitDb,
                ["-D", unfinished, "-U", EmbeddedPostgresResource.Owner, "-A", "scram-sha-256",
                    "--pwfile", passwordFile, "-E", "UTF8", "--no-locale", "--no-sync"],
                "");
        }
        finally
        {
            File.Delete(passwordFile);
        }

        // The fetched package has no psql and no createdb; the server itself can do it before it serves anyone.
        var create = server.Databases.Select(database => $"create database \"{database}\";\n");
        await RunAsync(server.Programs.Postgres, ["--single", "-D", unfinished, "postgres"], string.Concat(create));
        PrivateFile.Write(Path.Combine(unfinished, Path.GetFileName(ReadyMark)), mark);
        Directory.Move(unfinished, Data);

        Task RunAsync(string program, string[] arguments, string input)
        {
            string[] command = user is null
                ? [program, .. arguments]
                : ["setpriv", .. UnprivilegedUser.Options(user), "--", program, .. arguments];
            return OneShot.RunAsync(command[0], command[1..], server.Folder.Home, input, cancellationToken);
        }
    }

    // A killed host's server may still be writing its last checkpoint; two on the same files never start.
    private async Task EndPredecessorAsync(ILogger output, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        while (Predecessor() is { } id)
        {
            if (Stopwatch.GetElapsedTime(begun) > _predecessorLimit)
            {
                throw new RefusalException($"Process {id}, a PostgreSQL server, still uses {Data}. Stop it first.");
            }

            LogEnding(output, id);
            if (!OperatingSystem.IsWindows())
            {
                var process = id.ToString(CultureInfo.InvariantCulture);
                await OneShot.RunAsync("kill", ["-INT", process], "/", "", cancellationToken);
            }

            await Task.Delay(_pause, cancellationToken);
        }
    }

    private int? Predecessor() => server.Folder.ServerProcess is { } id && IsServer(id) ? id : null;

    // Another program may have got the number since; in some containers dead processes stay listed as zombies.
    private bool IsServer(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process is { ProcessName: "postgres", HasExited: false } && !IsZombie(id) && IsOurs(id);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException
            or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // A server's working directory is its data directory: another's, under a number that was ours, is left alone.
    private bool IsOurs(int id) => !OperatingSystem.IsLinux()
        || new FileInfo($"/proc/{id}/cwd").LinkTarget == Path.GetFullPath(Data);

    private static bool IsZombie(int id) =>
        OperatingSystem.IsLinux() && File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal);

    [LoggerMessage(1, LogLevel.Information, "Making a new server in {Folder}.")]
    private static partial void LogMaking(ILogger output, string folder);

    [LoggerMessage(2, LogLevel.Warning, "Ending process {Id}, a PostgreSQL server that an earlier host left.")]
    private static partial void LogEnding(ILogger output, int id);
}
