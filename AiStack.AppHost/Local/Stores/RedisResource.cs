using System.Net.Sockets;
using System.Text;
using AiStack.AppHost.Local.Feed;
using AiStack.AppHost.Local.Parts;
using AiStack.AppHost.Local.Processes;

namespace AiStack.AppHost.Local.Stores;

/// <summary>A Redis-compatible cache: the redis-server that PATH leads to, otherwise Garnet.</summary>
internal sealed class RedisResource(string name) : Resource(name), IResourceWithConnectionString
{
    private const string GarnetVersion = "2.2.8";
    private const string MemoryLimit = "128m";

    public override string Kind => "cache";

    public string ConnectionString(RunContext run) =>
        run.GivenConnectionString(Name) ?? $"127.0.0.1:{run.Ports.Of(Name)},password={Password(run)}";

    public override Unit CreateUnit(RunContext run)
    {
        if (run.GivenConnectionString(Name) is not null)
        {
            return new ElsewhereUnit(Name);
        }

        var health = new RedisHealth(run.Ports.TakeFree(Name), Password(run));
        return new Supervisor(Name, token => PrepareAsync(run, token), health, isJob: false, run);
    }

    public override IReadOnlyList<EndpointView> Endpoints(RunContext run) => run.GivenConnectionString(Name) is null
        ? [new EndpointView("redis", $"redis://127.0.0.1:{run.Ports.Of(Name)}")]
        : [];

    private static string Password(RunContext run) =>
        run.Redaction.Keep(run.Secrets.GetOrAdd("cache-password", () => RandomText.Letters(32)));

    // The password is in a file, because everybody on the machine can read a command line.
    private async Task<LaunchSpec> PrepareAsync(RunContext run, CancellationToken cancellationToken)
    {
        var home = run.Folder.File("cache");
        PrivateFolder.Make(home);
        var configuration = Path.Combine(home, "redis.conf");
        var port = run.Ports.Of(Name);
        var common = $"bind 127.0.0.1\nport {port}\nrequirepass {Password(run)}\n";

        if (run.Programs.Find("redis-server") is { } redis)
        {
            PrivateFile.Write(
                configuration, common + $"maxmemory {MemoryLimit}b\nmaxmemory-policy allkeys-lru\nsave \"\"\n");
            return new LaunchSpec(redis, [configuration]) { WorkingDirectory = home };
        }

        PrivateFile.Write(configuration, common);
        var package = await NuGetPackage.FetchAsync(run, "garnet-server", GarnetVersion, "Garnet", cancellationToken);

        // Lua scripts are atomic across connections only with the transaction mode.
        return new LaunchSpec(
            "dotnet",
            [Path.Combine(package, "tools", "net10.0", "any", "GarnetServer.dll"),
                "--config-import-path", configuration, "--config-import-format", "RedisConf", "--auth", "Password",
                "--lua", "--lua-transaction-mode", "-m", MemoryLimit, "-i", "4m", "-p", "4m", "--no-obj", "-q"])
        {
            WorkingDirectory = home,
        };
    }
}

/// <summary>Healthy when the server answers PING to its password's holder.</summary>
internal sealed class RedisHealth(int port, string password) : IHealthProbe
{
    public async Task<IReadOnlyList<FailingCheck>> ProbeAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(2));
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", port, limit.Token);
            await using var stream = client.GetStream();
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"*2\r\n$4\r\nAUTH\r\n${password.Length}\r\n{password}\r\n*1\r\n$4\r\nPING\r\n"), limit.Token);
            using var reader = new StreamReader(stream, Encoding.ASCII);
            var auth = await reader.ReadLineAsync(limit.Token);
            var pong = await reader.ReadLineAsync(limit.Token);
            return auth is "+OK" && pong is "+PONG" ? [] : [new FailingCheck("ping", $"it answered {auth} {pong}")];
        }
        catch (Exception exception)
            when (exception is SocketException or IOException || (exception is OperationCanceledException
                && !cancellationToken.IsCancellationRequested))
        {
            return [new FailingCheck("ping", "it does not answer")];
        }
    }
}
