using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using AiStack.Gateway;
using AiStack.Gateway.Keys;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Draining;
using AiStack.Tests.Fixtures;
using AiStack.Tests.Serving;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace AiStack.Tests.Gateway;

/// <summary>Two Servings behind a Gateway stop and start again, one after the other, under load.</summary>
public sealed class RollingRestartTests(ServingFixture serving) : IClassFixture<ServingFixture>
{
    private const int Held = 8;
    private const int Asking = 2;
    private const int SigTerm = 143;

    private readonly string _key = CreateKey.NewSecret();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replicas_that_restart_one_after_the_other_drop_no_request()
    {
        var replicas = new[] { 0, 1 }.Select(_ => new Uri($"http://127.0.0.1:{Ports.Free()}")).ToList();
        var processes = replicas.ConvertAll(address => ServingProgram.StartAt(address, serving));
        await using var gateway = Gateway([.. replicas.Select(replica => replica.GetLeftPart(UriPartial.Authority))]);
        using var client = new HttpClient { BaseAddress = gateway.Listen() };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _key);
        try
        {
            foreach (var (replica, process) in replicas.Zip(processes))
            {
                await AliveAsync(replica, process);
            }

            using var over = CancellationTokenSource.CreateLinkedTokenSource(Token);
            var (begun, goOn) = (new CountdownEvent(Held), new TaskCompletionSource());
            serving.Upstream.Script = (context, body) => SayAsync(
                context, body.Contains("Long", StringComparison.Ordinal) ? (begun, goOn.Task) : null);
            var asking = Enumerable.Range(0, Asking).Select(_ => AskUntilAsync(client, over.Token)).ToList();

            for (var i = 0; i < replicas.Count; i++)
            {
                var held = Enumerable.Range(0, Held).Select(_ => AskAsync(client, "Long")).ToList();
                await Eventually.TrueAsync(() => Task.FromResult(begun.IsSet), Token);
                using var stop = Process.Start("kill", ["-TERM", $"{processes[i].Id}"]);
                await Eventually.TrueAsync(() => IsGoingAsync(replicas[i]), Token);
                goOn.SetResult();

                Assert.All(await Task.WhenAll(held), answer => Assert.Equal("200 First words. Last words.", answer));
                await processes[i].WaitForExitAsync(Token);
                Assert.Contains(processes[i].ExitCode, new[] { 0, SigTerm });
                processes[i].Dispose();
                processes[i] = ServingProgram.StartAt(replicas[i], serving);
                await AliveAsync(replicas[i], processes[i]);
                (begun, goOn) = (new CountdownEvent(Held), new TaskCompletionSource());
            }

            await over.CancelAsync();
            var answers = (await Task.WhenAll(asking)).SelectMany(answers => answers).ToList();
            TestContext.Current.SendDiagnosticMessage($"{answers.Count} answers");
            Assert.All(answers, answer => Assert.Equal("200 First words. Last words.", answer));
            Assert.True(answers.Count > Asking * 4, $"Only {answers.Count} were asked.");
        }
        finally
        {
            foreach (var process in processes)
            {
                process.Kill();
                process.Dispose();
            }
        }
    }

    [Fact]
    public async Task A_replica_that_is_going_is_left_alone_until_it_is_back_or_all_are_going()
    {
        await using var first = await ScriptedServer.StartAsync();
        await using var second = await ScriptedServer.StartAsync();
        await using var gateway = Gateway([first.Address, second.Address]);
        using var client = new HttpClient { BaseAddress = gateway.Listen() };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _key);
        async Task<(int First, int Second)> AskedAsync()
        {
            var before = (First: first.Asked.Count, Second: second.Asked.Count);
            for (var i = 0; i < 30; i++)
            {
                using var response = await client.PostAsJsonAsync("/v1/responses", new { i }, Token);
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                Assert.DoesNotContain(response.Headers, header => header.Key == IDraining.Header);
            }

            return (first.Asked.Count - before.First, second.Asked.Count - before.Second);
        }

        SetGoing(first, true);
        var firstGoes = await AskedAsync();
        SetGoing(second, true);
        var bothGo = await AskedAsync();
        SetGoing(first, false);
        await Eventually.TrueAsync(async () => await AskedAsync() is (> 0, <= 1), Token);

        Assert.InRange(firstGoes.First, 0, 1);
        Assert.All([bothGo.First, bothGo.Second], asked => Assert.NotEqual(0, asked));
    }

    [Fact]
    public async Task A_websocket_has_its_answer_finished_and_is_closed_behind_it()
    {
        var replica = new Uri($"http://127.0.0.1:{Ports.Free()}");
        using var process = ServingProgram.StartAt(replica, serving);
        await using var gateway = Gateway([replica.GetLeftPart(UriPartial.Authority)]);
        var (begun, goOn) = (new CountdownEvent(1), new TaskCompletionSource());
        serving.Upstream.Script = (context, _) => SayAsync(context, (begun, goOn.Task));
        try
        {
            await AliveAsync(replica, process);
            using var idle = await OpenAsync(gateway.Listen());
            using var busy = await OpenAsync(gateway.ClientOptions.BaseAddress);
            await busy.SendAsync(
                """{"type":"response.create","model":"openai","input":"Long"}"""u8.ToArray(),
                WebSocketMessageType.Text, endOfMessage: true, Token);
            await Eventually.TrueAsync(() => Task.FromResult(begun.IsSet), Token);

            using var stop = Process.Start("kill", ["-TERM", $"{process.Id}"]);
            var (nothing, idleIsClosed) = await ReadToEndAsync(idle);
            goOn.SetResult();
            var (said, busyIsClosed) = await ReadToEndAsync(busy);

            Assert.Equal("", nothing);
            Assert.Contains("First words. Last words.", said, StringComparison.Ordinal);
            Assert.Contains("response.completed", said, StringComparison.Ordinal);
            Assert.Equal(
                (WebSocketCloseStatus.EndpointUnavailable, WebSocketCloseStatus.EndpointUnavailable),
                (idleIsClosed, busyIsClosed));
            await process.WaitForExitAsync(Token);
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public async Task What_nobody_takes_is_refused_soon_and_the_caller_is_told_to_come_again()
    {
        await using var gateway = Gateway([Ports.Closed]);
        using var client = new HttpClient { BaseAddress = gateway.Listen() };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _key);

        using var response = await client.PostAsJsonAsync("/v1/responses", new { model = "openai" }, Token);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.True(response.Headers.Contains("x-request-id"));
        Assert.Contains("is starting or restarting", await response.Content.ReadAsStringAsync(Token));
    }

    private ServiceFactory<GatewayTelemetry> Gateway(IReadOnlyList<string> replicas) => new(
        serving.Postgres,
        [
            ("Gateway:DevelopmentKey", _key),
            ("Gateway:RateLimits:RequestsPerMinute", "1000000"),
            .. replicas.Select((replica, i) => ($"services:serving:http:{i}", replica)),
        ]);

    private static void SetGoing(ScriptedServer replica, bool isGoing) => replica.Script = (context, _) =>
    {
        if (isGoing)
        {
            context.Response.Headers.Connection = "close";
            context.Response.Headers[IDraining.Header] = "true";
        }

        return Task.CompletedTask;
    };

    private async Task<ClientWebSocket> OpenAsync(Uri gateway)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {_key}");
        await socket.ConnectAsync(new UriBuilder(gateway) { Scheme = "ws", Path = "/v1/responses" }.Uri, Token);
        return socket;
    }

    /// <summary>All that is said, and how the other side closes.</summary>
    private static async Task<(string Said, WebSocketCloseStatus? Closed)> ReadToEndAsync(ClientWebSocket socket)
    {
        var (said, buffer) = (new MemoryStream(), new byte[16 << 10]);
        while (await socket.ReceiveAsync(buffer, Token) is { MessageType: not WebSocketMessageType.Close } part)
        {
            said.Write(buffer, 0, part.Count);
        }

        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Token);
        return (Encoding.UTF8.GetString(said.ToArray()), socket.CloseStatus);
    }

    private static async Task SayAsync(HttpContext context, (CountdownEvent Begun, Task GoOn)? hold)
    {
        Upstream.Begin(context);
        await Upstream.SendAsync(context, Upstream.Chunk(new { content = "First words." }));
        if (hold is var (begun, goOn))
        {
            begun.Signal();
            await goOn;
        }

        await Upstream.SendAsync(context, Upstream.Chunk(new { content = " Last words." }));
        await Upstream.SendAsync(context, Upstream.Chunk(new { }, "stop"));
        await Upstream.SendAsync(context, Upstream.Usage(3, 4));
    }

    private static async Task<List<string>> AskUntilAsync(HttpClient client, CancellationToken over)
    {
        List<string> answers = [];
        while (!over.IsCancellationRequested)
        {
            answers.Add(await AskAsync(client, "Short"));
        }

        return answers;
    }

    /// <summary>The status, and what was said, or else the whole body.</summary>
    private static async Task<string> AskAsync(HttpClient client, string question)
    {
        using var response = await client.PostAsJsonAsync(
            "/v1/responses", new { model = "openai", input = question, stream = true }, JsonDefaults.Options, Token);
        var body = await response.Content.ReadAsStringAsync(Token);
        const string Done = "event: response.output_text.done\ndata: ";
        var done = body.IndexOf(Done, StringComparison.Ordinal);
        var said = done >= 0 && body.Contains("event: response.completed", StringComparison.Ordinal)
            ? JsonElement.Parse(body[(done + Done.Length)..].Split('\n')[0])
                .GetProperty("text").GetString()
            : body;
        return $"{(int)response.StatusCode} {said}";
    }

    private static async Task AliveAsync(Uri replica, Process process)
    {
        using var client = new HttpClient { BaseAddress = replica };
        await ServingProgram.AliveAsync(client, process);
    }

    private static async Task<bool> IsGoingAsync(Uri replica)
    {
        using var client = new HttpClient { BaseAddress = replica };
        try
        {
            using var response = await client.GetAsync(new Uri("/health", UriKind.Relative), Token);
            return response.StatusCode == HttpStatusCode.ServiceUnavailable;
        }
        catch (HttpRequestException)
        {
            return true; // It listens no more.
        }
    }
}
