using System.Diagnostics;
using Npgsql;

namespace AiStack.Tests.Fixtures;

/// <summary>One Postgres server for the whole test run: the one that a setting names, or one started for it.</summary>
internal static class PostgresServer
{
    private const string Variable = "AISTACK_TEST_POSTGRES";

    private static readonly Lazy<Task<string?>> _started = new(StartAsync);

    /// <summary>How to reach the server as its owner; null when there is none to be had.</summary>
    public static Task<string?> ConnectionStringAsync() => _started.Value;

    private static async Task<string?> StartAsync()
    {
        if (Setting.Read(Variable) is { } given)
        {
            return given;
        }

        return await StartOwnAsync("--auth=trust", null);
    }

    /// <summary>How to reach a server of its own that asks everyone for a password; null when there is none.</summary>
    public static Task<string?> StartWithPasswordsAsync(string password) =>
        StartOwnAsync("--auth=scram-sha-256", password);

    private static async Task<string?> StartOwnAsync(string authentication, string? password)
    {
        if (Binaries() is not { } binaries)
        {
            return null;
        }

        var folder = Directory.CreateTempSubdirectory("aistack-postgres-").FullName;
        if (password is not null)
        {
            var file = Path.Combine(folder, "password");
            await File.WriteAllTextAsync(file, password);
            authentication += $" --pwfile={file}";
        }

        var port = Ports.Free();
        await RunAsync("/bin/sh", "-c", Script(binaries, folder, port, authentication));
        return new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1", Port = port, Username = "postgres", Database = "postgres", MaxPoolSize = 5,
            Password = password,
        }.ConnectionString;
    }

    /// <summary>
    /// Postgres refuses to run as root, so root hands it to the user made for it. A watcher outlives nothing: when this
    /// process ends, however it ends, the server is stopped and its folder removed.
    /// </summary>
    private static string Script(string binaries, string folder, int port, string authentication) =>
        $"""
        set -e
        as=""
        if [ "$(id -u)" = 0 ]; then
            chown postgres {folder}
            as="setpriv --reuid=postgres --regid=postgres --init-groups"
        fi
        $as {binaries}/initdb -D {folder}/data -U postgres {authentication} \
            -E UTF8 --no-locale --no-sync >/dev/null
        $as {binaries}/pg_ctl -D {folder}/data -w -s -l {folder}/log -o "-h 127.0.0.1 -p {port} -k {folder} \
            -c fsync=off -c max_connections=300" start
        (
            while kill -0 {Environment.ProcessId} 2>/dev/null; do sleep 1; done
            $as {binaries}/pg_ctl -D {folder}/data -s -m immediate stop
            rm -rf {folder}
        ) >/dev/null 2>&1 </dev/null &
        """;

    private static string? Binaries() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin"))
                .LastOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")))
            : null;

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}; its output is above.");
        }
    }
}
