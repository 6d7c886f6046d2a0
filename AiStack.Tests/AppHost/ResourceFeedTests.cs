using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AiStack.Tests.EndToEnd;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.AppHost;

/// <summary>What the host of a real stack tells of it, to the console and to whoever else has its token.</summary>
public sealed class ResourceFeedTests(HostStack own) : IClassFixture<HostStack>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_resource_is_told_with_what_it_is_needs_and_uses()
    {
        var resources = await ReadAsync();

        var evals = resources["evals"];
        Assert.Equal(("service", "Running"), (Text(evals, "kind"), Text(evals, "state")));
        Assert.Equal(own.Stack.Processes()["evals"], evals.GetProperty("processId").GetInt32());
        Assert.Equal(["blobs", "cache", "postgres", "serving"], Names(evals, "uses"));
        Assert.Equal(["blobs", "cache", "evals-migrate", "serving"], Names(evals, "waitsFor"));
        var endpoint = Assert.Single(evals.GetProperty("endpoints").EnumerateArray());
        Assert.StartsWith("http://127.0.0.1:", Text(endpoint, "url"), StringComparison.Ordinal);
        var migrate = resources["evals-migrate"];
        Assert.Equal(("job", "Finished"), (Text(migrate, "kind"), Text(migrate, "state")));
        Assert.Equal(0, migrate.GetProperty("lastExitCode").GetInt32());
        Assert.All(["blobs", "cache", "postgres"], name => Assert.Equal(name, Text(resources[name], "kind")));
    }

    [Fact]
    public async Task Every_process_is_told_with_its_cpu_and_memory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells.");

        await foreach (var resources in FollowAsync())
        {
            var running = resources.Values.Where(resource => IsNumber(resource, "processId")).ToList();
            if (running.Count > 0 && running.TrueForAll(resource => IsNumber(resource, "cpuPercent")))
            {
                var used = running.Select(resource => resource.GetProperty("memoryBytes").GetInt64());
                Assert.All(used, bytes => Assert.InRange(bytes, 1_000_000, 4_000_000_000));
                return;
            }
        }
    }

    [Fact]
    public async Task No_secret_leaves_the_host()
    {
        using var client = own.Stack.CreateControlClient();
        var told = await client.GetStringAsync(new Uri("/resources", UriKind.Relative), Token);

        var kept = JsonSerializer.Deserialize<Dictionary<string, string>>(
            await File.ReadAllTextAsync(Path.Combine(own.Stack.DataFolder, "secrets.json"), Token))!;
        kept.Remove("postgres-folder");
        string[] secrets = [.. kept.Values, own.Stack.Key, own.Stack.File.ControlToken, own.Stack.Login.Query[3..]];
        Assert.True(secrets.Length >= 7);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, told, StringComparison.Ordinal));
        var environment = (await ReadAsync())["console"].GetProperty("environment");
        Assert.Equal("••••", Text(environment, "OTEL_EXPORTER_OTLP_HEADERS"));
        Assert.Equal("••••", Text(environment, "Console__Host__Token"));
    }

    [Fact]
    public async Task Every_program_sends_its_telemetry_to_the_console()
    {
        var resources = await ReadAsync();

        var console = resources["console"];
        var port = Text(console.GetProperty("environment"), "Console__Otlp__GrpcPort");
        Assert.Contains(
            console.GetProperty("endpoints").EnumerateArray(),
            endpoint => Text(endpoint, "name") == "otlp-grpc" && Text(endpoint, "url") == $"http://127.0.0.1:{port}");
        Assert.All(
            resources.Values.Where(resource => Text(resource, "kind") is "service" or "job"),
            program => Assert.Equal(
                $"http://127.0.0.1:{port}", Text(program.GetProperty("environment"), "OTEL_EXPORTER_OTLP_ENDPOINT")));
    }

    [Fact]
    public async Task A_killed_service_is_told_and_again_when_it_is_back()
    {
        var restarts = (await ReadAsync())["serving"].GetProperty("restarts").GetInt32();
        var (isKilled, hasFallen) = (false, false);

        await foreach (var resources in FollowAsync())
        {
            var serving = resources["serving"];
            if (!isKilled)
            {
                isKilled = true;
                await own.Stack.KillPartAsync("serving", Token);
            }
            else if (!hasFallen && Text(serving, "state") == "Restarting")
            {
                hasFallen = true;
                Assert.Equal(128 + 9, serving.GetProperty("lastExitCode").GetInt32());
            }
            else if (hasFallen && Text(serving, "state") == "Running")
            {
                Assert.Equal(restarts + 1, serving.GetProperty("restarts").GetInt32());
                return;
            }
        }
    }

    [Fact]
    public async Task A_service_that_is_up_but_unhealthy_says_which_check_fails()
    {
        await own.Stack.StopPartAsync("cache", Token);

        // On a slow machine another check, or all of them, may fail for a moment.
        var gateway = await Eventually.ReadAsync(
            async () => (await ReadAsync())["gateway"], part => Failing(part) is [("cache", "Unhealthy")]);
        Assert.Equal("Running", Text(gateway, "state"));

        await own.Stack.StartPartAsync("cache", Token);
        await Eventually.ReadAsync(async () => (await ReadAsync())["gateway"], IsHealthy);
    }

    [Fact]
    public async Task A_resource_is_restarted_to_the_end_although_the_caller_has_gone()
    {
        var before = own.Stack.Processes()["console"];
        using var client = own.Stack.CreateControlClient();
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var restart = client.PostAsync(new Uri("/resources/console/restart", UriKind.Relative), null, leaving.Token);

        await Eventually.TrueAsync(async () => Text((await ReadAsync())["console"], "state") != "Running", Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => restart);

        await Eventually.ReadAsync(
            async () => (await ReadAsync())["console"],
            console => Text(console, "state") == "Running" && console.GetProperty("processId").GetInt32() != before);
    }

    [Fact]
    public async Task Lines_are_streamed_from_a_sequence_number_on()
    {
        using var client = own.Stack.CreateControlClient();
        var all = await LinesAsync(client, "/logs/stream?resource=gateway", Token).FirstAsync(Token);
        Assert.All(all, line => Assert.Equal("gateway", Text(line, "resource")));
        var third = all[2].GetProperty("sequence").GetInt64();

        var rest = await LinesAsync(client, $"/logs/stream?resource=gateway&after={third}", Token).FirstAsync(Token);

        Assert.Equal(Text(all[3], "text"), Text(rest[0], "text"));
    }

    private async Task<Dictionary<string, JsonElement>> ReadAsync()
    {
        using var client = own.Stack.CreateControlClient();
        return ByName(await client.GetStringAsync(new Uri("/resources", UriKind.Relative), Token));
    }

    /// <summary>All resources after each of the feed's events.</summary>
    private async IAsyncEnumerable<IReadOnlyDictionary<string, JsonElement>> FollowAsync()
    {
        using var client = own.Stack.CreateControlClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await using var stream = await client.GetStreamAsync(new Uri("/resources/stream", UriKind.Relative), Token);
        Dictionary<string, JsonElement> known = [];
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(limit.Token))
        {
            Assert.Equal(known.Count == 0 ? "snapshot" : "changes", item.EventType);
            foreach (var (name, resource) in ByName(item.Data))
            {
                known[name] = resource;
            }

            yield return known;
        }
    }

    private static async IAsyncEnumerable<JsonElement[]> LinesAsync(
        HttpClient client, string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = await client.GetStreamAsync(new Uri(path, UriKind.Relative), cancellationToken);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
        {
            yield return JsonSerializer.Deserialize<JsonElement[]>(item.Data)!;
        }
    }

    private static Dictionary<string, JsonElement> ByName(string resources) =>
        JsonSerializer.Deserialize<JsonElement[]>(resources)!.ToDictionary(resource => Text(resource, "name")!);

    private static bool IsNumber(JsonElement resource, string name) =>
        resource.GetProperty(name).ValueKind == JsonValueKind.Number;

    private static bool IsHealthy(JsonElement resource) =>
        resource.GetProperty("health") is { ValueKind: JsonValueKind.Object } health
        && health.GetProperty("isHealthy").GetBoolean();

    private static (string? Name, string? Text)[] Failing(JsonElement resource) =>
        resource.GetProperty("health") is { ValueKind: JsonValueKind.Object } health
            ?
            [
                .. health.GetProperty("failing").EnumerateArray()
                    .Select(check => (Text(check, "name"), Text(check, "text"))),
            ]
            : [];

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static IEnumerable<string?> Names(JsonElement resource, string name) =>
        resource.GetProperty(name).EnumerateArray().Select(item => item.GetString()).Order(StringComparer.Ordinal);
}
