using System.Net;
using AiStack.AppHost.Ready;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.EndToEnd;

/// <summary>The host as its user meets it: started, refused, killed, started again, stopped.</summary>
public sealed class HostTests : IDisposable
{
    private const string KeptFile = "blobs/kept";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _upstreamKey = $"sk-upstream-{Guid.CreateVersion7():N}";
    private readonly string _data = Directory.CreateTempSubdirectory("host-test-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_host_takes_every_child_with_it_and_the_next_finds_the_data_and_stops_in_good_order()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads Linux's table of processes.");
        RunFile ready;
        (string, string)[] settings = [("Serving__OpenAi__ApiKey", _upstreamKey)];
        await using (var first = HostProcess.Start(settings, ["--data", _data, "--port", $"{Ports.FreeForHost()}"]))
        {
            ready = await first.ReadyAsync(_data, Token);
            GivesTheKeyToServingAlone(first, ready);
            await SaysHowToComeInAsync(first, ready);
            IsForItsOwnerAlone();
            ListensOnLoopbackAlone(ready, first);
            await RefusesASecondAsync(first, ready);
            await File.WriteAllTextAsync(Path.Combine(_data, KeptFile), "kept", Token);

            first.Process.Kill();
            await first.ExitAsync(Token);

            await LeavesNothingAsync(ready);
            File.Delete(Path.Combine(_data, "run.json")); // A killed host cannot.
        }

        await using var second = HostProcess.Start("--data", _data, "--port", $"{Ports.FreeForHost()}");
        var again = await second.ReadyAsync(_data, Token);
        Assert.Equal(ready.Key, again.Key);
        Assert.Equal("kept", await File.ReadAllTextAsync(Path.Combine(_data, KeptFile), Token));
        await Eventually.TrueAsync(() => IsHealthyAsync(again), Token);

        Assert.Equal(0, await second.StopAsync(Token));
        await LeavesNothingAsync(again);
        Assert.False(File.Exists(Path.Combine(_data, "run.json")));
    }

    [Fact]
    public async Task An_unknown_argument_is_refused_by_its_name()
    {
        await using var host = HostProcess.Start("--datta", _data);
        await host.ExitAsync(Token);

        Assert.Equal(2, host.Process.ExitCode);
        Assert.Contains("Unknown argument '--datta'.", host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stack_whose_database_cannot_start_says_why_and_ends()
    {
        var cluster = Directory.CreateDirectory(Path.Combine(_data, "postgres", "data")).FullName;
        await File.WriteAllTextAsync(Path.Combine(_data, "secrets.json"), """{"folder":"x"}""", Token);
        await File.WriteAllTextAsync(Path.Combine(cluster, "PG_VERSION"), "9\n", Token);

        await using var host = HostProcess.Start("--data", _data, "--port", $"{Ports.FreeForHost()}");
        await host.ExitAsync(Token);

        Assert.Equal(1, host.Process.ExitCode);
        Assert.Contains(
            $"postgres cannot be started. {cluster} was made by PostgreSQL 9, which is not installed any more.",
            host.Output, StringComparison.Ordinal);
        Assert.Contains("The stack cannot start without postgres", host.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "is gone")]
    [InlineData("", "is empty")]
    public async Task Data_whose_secrets_are_lost_is_left_as_it_is_and_the_person_is_told_what_to_do(
        string? left, string how)
    {
        var cluster = Directory.CreateDirectory(Path.Combine(_data, "postgres", "data")).FullName;
        await File.WriteAllTextAsync(Path.Combine(cluster, "PG_VERSION"), "17\n", Token);
        await File.WriteAllTextAsync(Path.Combine(_data, "run.json"), "", Token); // Of no start's interest.
        var secrets = Path.Combine(_data, "secrets.json");
        if (left is not null)
        {
            await File.WriteAllTextAsync(secrets, left, Token);
        }

        await using var host = HostProcess.Start("--data", _data, "--port", $"{Ports.FreeForHost()}");
        await host.ExitAsync(Token);

        Assert.Equal(2, host.Process.ExitCode);
        Assert.Contains($"{secrets} {how}.", host.Output, StringComparison.Ordinal);
        Assert.Contains("start on another folder with --data", host.Output, StringComparison.Ordinal);
        Assert.Equal(left, File.Exists(secrets) ? await File.ReadAllTextAsync(secrets, Token) : null);
        Assert.True(File.Exists(Path.Combine(cluster, "PG_VERSION")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task A_database_whose_mark_is_lost_is_left_as_it_is_and_the_person_is_told_what_to_do(string? mark)
    {
        var cluster = Directory.CreateDirectory(Path.Combine(_data, "postgres", "data")).FullName;
        await File.WriteAllTextAsync(Path.Combine(cluster, "precious"), "rows", Token);
        await File.WriteAllTextAsync(Path.Combine(_data, "secrets.json"), """{"folder":"x"}""", Token);
        if (mark is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(cluster, "aistack.ready"), mark, Token);
        }

        await using var host = HostProcess.Start("--data", _data, "--port", $"{Ports.FreeForHost()}");
        await host.ExitAsync(Token);

        Assert.Equal(1, host.Process.ExitCode);
        Assert.Contains("aistack.ready is gone or empty", host.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(cluster, "precious")));
    }

    public HostTests()
    {
        if (!OperatingSystem.IsWindows())
        {
            // As root PostgreSQL runs as another user, who must get through to its files.
            File.SetUnixFileMode(_data, (UnixFileMode)Convert.ToInt32("755", 8));
        }
    }

    public void Dispose() => Directory.Delete(_data, recursive: true);

    // The file comes first, and what is printed comes through a pipe.
    private static async Task SaysHowToComeInAsync(HostProcess host, RunFile ready)
    {
        Assert.StartsWith("sk-aistack-dev-", ready.Key, StringComparison.Ordinal);
        Assert.StartsWith($"{ready.Console}/login?t=", ready.Login, StringComparison.Ordinal);
        Assert.True(ready.SecondsToReady > 0);
        Assert.Equal(
            ["cache", "console", "evals", "gateway", "ingest", "postgres", "retrieval", "serving"],
            ready.Processes.Keys.Order(StringComparer.Ordinal));
        var last = $"  export OPENAI_BASE_URL={ready.Api}/v1\n  export OPENAI_API_KEY={ready.Key}";
        await Eventually.TrueAsync(
            () => Task.FromResult(host.Output.TrimEnd().EndsWith(last, StringComparison.Ordinal)), Token);
        Assert.Contains(ready.Login, host.Output, StringComparison.Ordinal);
        Assert.Contains(ready.Dashboard!, host.Output, StringComparison.Ordinal);

        using var client = new HttpClient();
        using var dashboard = await client.GetAsync(new Uri(ready.Dashboard!), Token);
        Assert.Equal(HttpStatusCode.OK, dashboard.StatusCode);
    }

    private static async Task<bool> IsHealthyAsync(RunFile ready)
    {
        using var client = new HttpClient();
        using var health = await client.GetAsync(new Uri($"{ready.Api}/health"), Token);
        return health.StatusCode == HttpStatusCode.OK;
    }

    private void IsForItsOwnerAlone()
    {
        foreach (var name in new[] { "run.json", "secrets.json", "cache/redis.conf" })
        {
            Assert.Equal((name, OwnerOnly), (name, new FileInfo(Path.Combine(_data, name)).UnixFileMode));
        }
    }

    // The host's own was given at its start.
    private void GivesTheKeyToServingAlone(HostProcess host, RunFile ready)
    {
        int[] knowing = [host.Process.Id, ready.Processes["serving"]];

        Assert.Equal(knowing.Order(), ProcessTree.Knowing(_upstreamKey).Order());
    }

    // The services and stores, the host, its orchestrator and the dashboard.
    private static void ListensOnLoopbackAlone(RunFile ready, HostProcess host)
    {
        var ours = ready.Processes.Values.Append(host.Process.Id).Concat(ProcessTree.Under(host.Process.Id))
            .Distinct().SelectMany(Sockets.InodesOf).ToHashSet();
        var listening = Sockets.Listening().Where(socket => ours.Contains(socket.Inode)).ToList();

        Assert.NotEmpty(listening);
        Assert.All(listening, socket => Assert.True(IPAddress.IsLoopback(socket.Address), socket.ToString()));
    }

    private async Task RefusesASecondAsync(HostProcess first, RunFile ready)
    {
        await using var sameFolder = HostProcess.Start("--data", _data);
        await using var samePort = HostProcess.Start("--ephemeral", "--port", $"{new Uri(ready.Api).Port}");
        await sameFolder.ExitAsync(Token);
        await samePort.ExitAsync(Token);

        Assert.Equal((2, 2), (sameFolder.Process.ExitCode, samePort.Process.ExitCode));
        Assert.Contains(
            $"Another AiStack (process {first.Process.Id}) is running on {_data}.", sameFolder.Output,
            StringComparison.Ordinal);
        Assert.Contains(
            $"Port {new Uri(ready.Api).Port}, for the API, is taken.", samePort.Output, StringComparison.Ordinal);
    }

    private async Task LeavesNothingAsync(RunFile ready) => await Eventually.TrueAsync(
        () => Task.FromResult(
            !ready.Processes.Values.Any(ProcessTree.IsAlive) && ProcessTree.Naming(_data).Count == 0),
        Token);
}
