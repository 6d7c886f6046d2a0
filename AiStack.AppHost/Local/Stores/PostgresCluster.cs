using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using AiStack.AppHost.Local.Processes;

namespace AiStack.AppHost.Local.Stores;

/// <summary>The files of the embedded PostgreSQL server: made at the first start, used again at every other.</summary>
internal sealed class PostgresCluster(RunContext run, IReadOnlyList<string> databases, string password) : IHealthProbe
{
    private const int MaxConnections = 200;
    private static readonly TimeSpan _predecessorLimit = TimeSpan.FromSeconds(15);

    private readonly PostgresFolder _folder = PostgresFolder.Of(run);

    private string DataPath => Path.Combine(_folder.Home, "data");

    // Written last, so its absence means that an earlier initdb was interrupted; it tells the password apart.
    private string ReadyMark => Path.Combine(DataPath, "aistack.ready");

    /// <summary>Makes the server's files if there are none, and says how to start it.</summary>
    public async Task<LaunchSpec> PrepareAsync(int? port, CancellationToken cancellationToken)
    {
        var binaries = await PostgresBinaries.FindAsync(run, DataPath, cancellationToken);
        var user = UnprivilegedUser.ForPostgres();
        UnprivilegedUser.Own(user, _folder.Home, _folder.Socket);
        await WaitForPredecessorAsync(cancellationToken);
        if (!File.Exists(ReadyMark))
        {
            await InitialiseAsync(binaries, user, cancellationToken);
        }
        else if (await File.ReadAllTextAsync(ReadyMark, cancellationToken) != PasswordMark())
        {
            throw new RefusalException(
                $"{run.Folder.File("secrets.json")} does not hold the password of {DataPath}. Restore the file that "
                + "belongs to this data, or start on another folder with --data.");
        }

        return new LaunchSpec(binaries.Postgres, [.. Settings(port).SelectMany(setting => new[] { "-c", setting })])
        {
            WorkingDirectory = _folder.Home,
            Environment = new Dictionary<string, string> { ["PGDATA"] = DataPath, ["LC_ALL"] = "C.UTF-8" },
            StopSignal = UnixSignal.Interrupt,
            User = user,
        };
    }

    /// <summary>
    /// The server says in its pid file when it takes connections; pg_ctl waits for the same line. Then it is asked.
    /// </summary>
    public async Task<IReadOnlyList<FailingCheck>> ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var lines = await File.ReadAllLinesAsync(Path.Combine(DataPath, "postmaster.pid"), cancellationToken);
            // A killed server leaves its file behind, still saying ready; one that hangs leaves it too.
            return lines.Length > 7 && lines[7].Trim() == "ready" && IsServer(lines[0])
                && await PostgresPing.AnswersAsync(Server(lines[3]), cancellationToken)
                    ? []
                    : [new FailingCheck("connection", "it does not take connections")];
        }
        catch (IOException)
        {
            return [new FailingCheck("connection", "it has not written its pid file")];
        }
    }

    private EndPoint Server(string port) => OperatingSystem.IsWindows()
        ? new IPEndPoint(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture))
        : new UnixDomainSocketEndPoint(Path.Combine(_folder.Socket, $".s.PGSQL.{port.Trim()}"));

    private IEnumerable<string> Settings(int? port)
    {
        yield return port is null ? "listen_addresses=" : "listen_addresses=127.0.0.1";
        yield return $"port={port ?? 5432}";
        yield return $"unix_socket_directories={(port is null ? _folder.Socket : "")}";
        yield return $"max_connections={MaxConnections}";
        yield return "shared_buffers=128MB";
        yield return "log_checkpoints=off";
        if (run.Folder.IsEphemeral)
        {
            // Nothing in a temporary folder has to survive the machine's crash.
            yield return "fsync=off";
            yield return "full_page_writes=off";
        }
    }

    private async Task InitialiseAsync(PostgresBinaries binaries, string? user, CancellationToken cancellationToken)
    {
        if (Directory.Exists(DataPath))
        {
            Directory.Delete(DataPath, recursive: true);
        }

        var passwordFile = Path.Combine(_folder.Home, "password");
        PrivateFile.Write(passwordFile, password);
        UnprivilegedUser.Own(user, passwordFile);
        try
        {
            await RunAsync(
                binaries.InitDb,
                ["-D", DataPath, "-U", PostgresServerResource.Owner, "-A", "scram-sha-256", "--pwfile", passwordFile,
                    "-E", "UTF8", "--no-locale", "--no-sync"],
                "");
        }
        finally
        {
            File.Delete(passwordFile);
        }

        // The embedded package has no psql and no createdb; the server itself can do it before it serves anyone.
        var create = string.Join('\n', databases.Select(database => $"create database \"{database}\";"));
        await RunAsync(binaries.Postgres, ["--single", "-D", DataPath, "postgres"], create + "\n");
        await File.WriteAllTextAsync(ReadyMark, PasswordMark(), cancellationToken);

        Task RunAsync(string program, string[] arguments, string input) => OneShot.RunAsync(
            run,
            new LaunchSpec(program, arguments)
            {
                WorkingDirectory = _folder.Home,
                Environment = new Dictionary<string, string> { ["LC_ALL"] = "C.UTF-8" },
                User = user,
            },
            input,
            cancellationToken);
    }

    private string PasswordMark() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(password)));

    // After a killed host its server may still be writing its last checkpoint; two on the same files never start.
    private async Task WaitForPredecessorAsync(CancellationToken cancellationToken)
    {
        var pidFile = Path.Combine(DataPath, "postmaster.pid");
        var begun = run.Time.GetTimestamp();
        while (File.Exists(pidFile)
            && await File.ReadAllLinesAsync(pidFile, cancellationToken) is [var id, ..]
            && IsServer(id))
        {
            if (run.Time.GetElapsedTime(begun) > _predecessorLimit)
            {
                throw new RefusalException($"Process {id}, a PostgreSQL server, still uses {DataPath}. Stop it first.");
            }

            UnixSignals.Send(int.Parse(id, CultureInfo.InvariantCulture), UnixSignal.Interrupt);
            await Task.Delay(TimeSpan.FromMilliseconds(50), run.Time, cancellationToken);
        }
    }

    private static bool IsServer(string processId) =>
        int.TryParse(processId, CultureInfo.InvariantCulture, out var id) && Leftovers.IsAlive(id, "postgres");
}
