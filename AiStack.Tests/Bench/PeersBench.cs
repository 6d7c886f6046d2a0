using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using AiStack.Tests.Fixtures;
using AiStack.Tests.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;
using Yarp.ReverseProxy.Configuration;

namespace AiStack.Tests.Bench;

/// <summary>
/// A chat completion's whole path to a trivial model, beside Portkey's gateway of the npm registry and a bare YARP, in
/// one run.
/// </summary>
public sealed class PeersBench
{
    private const string Portkey = "@portkey-ai/gateway@1.15.2";
    private const int Rounds = 3;

    private static readonly object _question = new
    {
        model = "openai", messages = new[] { new { role = "user", content = "Hello?" } },
    };

    private static readonly object _answer = new
    {
        id = "chatcmpl-1",
        @object = "chat.completion",
        created = 1,
        model = "trivial",
        choices = new[]
        {
            new { index = 0, message = new { role = "assistant", content = "Hello." }, finish_reason = "stop" },
        },
        usage = new { prompt_tokens = 9, completion_tokens = 2, total_tokens = 11 },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task A_chat_completion_beside_its_peers()
    {
        await using var upstream = await ScriptedServer.StartAsync();
        upstream.Script = AnswerAsync;
        await using var stack = await BenchStack.StartAsync(
            $"--Serving:OpenAi:Endpoint={upstream.Address}/v1", "--Serving:OpenAi:Model=trivial");
        await using var yarp = await YarpAsync(upstream.Address);
        using var portkey = await PortkeyAsync();
        using var straight = new HttpClient { BaseAddress = yarp.Address };
        using var other = new HttpClient { BaseAddress = portkey.Address };
        other.DefaultRequestHeaders.Add("x-portkey-provider", "openai");
        other.DefaultRequestHeaders.Add("x-portkey-custom-host", $"{upstream.Address}/v1");
        other.DefaultRequestHeaders.Add("Authorization", "Bearer sk-upstream");
        using var cached = await CachedAsync(stack);
        (string Name, HttpClient Client)[] gateways =
            [
                ("AiStack", stack.Client), ("AiStack, an answer given again", cached), ("Portkey", other),
                ("bare YARP", straight),
            ];

        foreach (var (_, client) in gateways)
        {
            await Load.RunAsync(32, 300, _ => AskAsync(client)); // The JITs' turn.
        }

        List<string> rows = [];
        foreach (var (connections, requests) in new[] { (1, 400), (32, 60) })
        {
            var measured = gateways.ToDictionary(gateway => gateway.Name, _ => new List<(double, double, double)>());
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var (name, client) in gateways)
                {
                    var (latencies, perSecond) = await Load.RunAsync(connections, requests, _ => AskAsync(client));
                    measured[name].Add((perSecond, latencies.P50, latencies.P99));
                }
            }

            foreach (var (name, _) in gateways)
            {
                // The round in the middle.
                var (perSecond, p50, p99) = measured[name].Order().ElementAt(Rounds / 2);
                rows.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {connections} | {name} | {perSecond:F0} | {p50:F2} ms | {p99:F2} ms |"));
            }
        }

        BenchReport.Write("45-peers", $"""
            ## A chat completion beside its peers

            `POST /v1/chat/completions` to a model that answers at once: AiStack with keys, request limits, budgets,
            the record of each answer in PostgreSQL, traces and metrics; Portkey's gateway ({Portkey}), which keeps
            nothing; and a bare YARP. The middle of {Rounds} rounds in turn; clients, model and gateways share the
            machine, whose load was {MachineLoad.LastMinute:F1} at the end.

            | connections | | requests/s | p50 | p99 |
            | --- | --- | --- | --- | --- |
            {string.Join('\n', rows)}
            """);
    }

    /// <summary>A client whose answers are given again, where the first one has theirs made.</summary>
    private static async Task<HttpClient> CachedAsync(BenchStack stack)
    {
        using var set = await stack.Client.PutAsJsonAsync("/api/cache", new { max_age_seconds = 3_600 }, Token);
        set.EnsureSuccessStatusCode();
        stack.Client.DefaultRequestHeaders.CacheControl = new() { NoStore = true };
        return stack.Running.CreateClient();
    }

    private static async Task AskAsync(HttpClient client)
    {
        using var response = await client.PostAsJsonAsync("/v1/chat/completions", _question, Token);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Token));
        await response.Content.LoadIntoBufferAsync(Token);
    }

    // AiStack asks its model for a stream always; the others pass on what they are asked.
    private static Task AnswerAsync(HttpContext context, string body) =>
        body.Contains("\"stream\":true", StringComparison.Ordinal)
            ? Upstream.SayAsync(context, "Hello.")
            : context.Response.WriteAsJsonAsync(_answer);

    private static async Task<ListeningApp> YarpAsync(string upstream)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddReverseProxy().LoadFromMemory(
            [new RouteConfig { RouteId = "all", ClusterId = "model", Match = new() { Path = "{**path}" } }],
            [
                new ClusterConfig
                {
                    ClusterId = "model",
                    Destinations = new Dictionary<string, DestinationConfig> { ["one"] = new() { Address = upstream } },
                },
            ]);
        var app = builder.Build();
        app.MapReverseProxy();
        await app.StartAsync(Token);
        return new(app);
    }

    /// <summary>Its own server has no setting for the address that it listens at, so a file is loaded before.</summary>
    private static async Task<RunningPortkey> PortkeyAsync()
    {
        var folder = Directory.CreateTempSubdirectory("portkey-").FullName;
        using (var npm = Process.Start(new ProcessStartInfo("npm", ["install", "--silent", "--no-audit", Portkey])
        {
            WorkingDirectory = folder,
        })!)
        {
            await npm.WaitForExitAsync(Token);
            Assert.Equal(0, npm.ExitCode);
        }

        var local = Path.Combine(folder, "local.cjs");
        await File.WriteAllTextAsync(
            local,
            """
            const { Server } = require('node:net');
            const listen = Server.prototype.listen;
            Server.prototype.listen = function (at, ...rest) {
              const port = typeof at === 'object' ? at.port : at;
              return listen.call(this, { port, host: '127.0.0.1' }, rest.find(each => typeof each === 'function'));
            };
            """,
            Token);
        var port = FreePort();
        var node = Process.Start(new ProcessStartInfo(
            "node",
            [
                "--require", local, Path.Combine(folder, "node_modules/@portkey-ai/gateway/build/start-server.js"),
                "--headless", $"--port={port}",
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["TRUSTED_CUSTOM_HOSTS"] = "127.0.0.1,localhost" },
        })!;
        node.OutputDataReceived += (_, _) => { };
        node.ErrorDataReceived += (_, _) => { };
        node.BeginOutputReadLine();
        node.BeginErrorReadLine();
        await Eventually.TrueAsync(() => IsListeningAsync(port), Token);
        return new(node, folder, new($"http://127.0.0.1:{port}"));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<bool> IsListeningAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, Token);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private sealed class ListeningApp(WebApplication app) : IAsyncDisposable
    {
        public Uri Address { get; } = new(app.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses.Single());

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }

    private sealed class RunningPortkey(Process node, string folder, Uri address) : IDisposable
    {
        public Uri Address => address;

        public void Dispose()
        {
            node.Kill(entireProcessTree: true);
            node.WaitForExit();
            node.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }
}
