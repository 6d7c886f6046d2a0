using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using AiStack.AppHost.Machine;
using AiStack.AppHost.Run;
using AiStack.AppHost.Supervision;

namespace AiStack.AppHost.Stores.Redis;

/// <summary>Redis without containers.</summary>
internal static class EmbeddedRedisExtensions
{
    /// <summary>Adds the server, with its files in the run's data folder.</summary>
    public static IResourceBuilder<EmbeddedRedisResource> AddEmbeddedRedis(
        this IDistributedApplicationBuilder builder,
        string name,
        IResourceBuilder<ParameterResource> password,
        LocalRun run)
    {
        var packages = new PackageFolder(builder.Configuration);
        var program = RedisProgram.Find(packages);
        var home = run.Folder.File(name);
        PrivateFolder.Make(home);
        var file = Path.Combine(home, "redis.conf");
        var server = new EmbeddedRedisResource(name, program.Path, home, password.Resource);

        return builder.AddResource(server)
            .WithIconName("Memory")
            .WithEndpoint(
                name: EmbeddedRedisResource.EndpointName, scheme: "tcp", isProxied: false)
            .WithEndpoint(EmbeddedRedisResource.EndpointName, endpoint => endpoint.TargetHost = "127.0.0.1")
            .WithArgs(program.Arguments(file))
            // Garnet is a program that uses the .NET runtime of this machine, wherever that is.
            .WithEnvironment("DOTNET_ROOT", Path.GetFullPath(
                Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")))
            .WithPatientHealthCheck(cancellationToken => FindFailureAsync(server, cancellationToken))
            .WithPreparation(async (_, cancellationToken) =>
            {
                if (program.Package is { } package)
                {
                    await packages.GetAsync(package, cancellationToken);
                }

                // The password is in a file, because everyone on the machine can read a command line.
                var port = await server.Endpoint.Property(EndpointProperty.TargetPort).GetValueAsync(cancellationToken);
                var secret = await password.Resource.GetValueAsync(cancellationToken);
                PrivateFile.Write(file, $"bind 127.0.0.1\nport {port}\nrequirepass {secret}\n{program.Settings}");
            });
    }

    // The client library would wait for seconds on a server that is not up yet.
    private static async Task<string?> FindFailureAsync(
        EmbeddedRedisResource server, CancellationToken cancellationToken)
    {
        var password = await server.Password.GetValueAsync(cancellationToken) ?? "";
        using var client = new TcpClient();
        await client.ConnectAsync(server.Endpoint.Host, server.Endpoint.Port, cancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"*2\r\n$4\r\nAUTH\r\n${password.Length}\r\n{password}\r\n*1\r\n$4\r\nPING\r\n"),
            cancellationToken);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var authenticated = await reader.ReadLineAsync(cancellationToken);
        var pong = await reader.ReadLineAsync(cancellationToken);
        return authenticated is "+OK" && pong is "+PONG" ? null : $"It answered {authenticated} {pong}.";
    }
}
