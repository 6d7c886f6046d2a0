using AiStack.Tests.Fixtures;
using System.Net;
using AiStack.AppHost.Local.Processes;
using Xunit;

namespace AiStack.Tests.EndToEnd;

/// <summary>The built-in host as its user meets it: started, stopped, killed, started again.</summary>
public sealed class HostTests(StackFixture fixture) : IDisposable
{
    private const string KeptFile = "blobs/kept";
    private readonly string _data = Directory.CreateTempSubdirectory("host-test-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_ready_stack_tells_scripts_all_they_need()
    {
        var stack = await fixture.StackAsync(Token);

        Assert.Equal("built-in", stack.File.Host);
        Assert.StartsWith("sk-aistack-dev-", stack.Key, StringComparison.Ordinal);
        Assert.StartsWith(
            $"{stack.Console.OriginalString}/login?t=", stack.Login.OriginalString, StringComparison.Ordinal);
        Assert.True(stack.File.SecondsToReady > 0);
        Assert.Superset(
            new HashSet<string>
            {
                "postgres", "cache", "gateway", "ingest", "retrieval", "serving", "evals", "console",
            },
            stack.Processes().Keys.ToHashSet());
        // The file comes first, and what is printed comes through a pipe.
        await Eventually.TrueAsync(
            () => Task.FromResult(stack.Output.Contains(
                $"export OPENAI_BASE_URL={stack.Api.OriginalString}/v1 OPENAI_API_KEY={stack.Key}",
                StringComparison.Ordinal)),
            Token);
    }

    [Fact]
    public async Task Files_with_secrets_are_for_their_owner_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        var stack = await fixture.StackAsync(Token);

        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        foreach (var name in new[] { "run.json", "secrets.json", "cache/redis.conf" })
        {
            Assert.Equal(OwnerOnly, new FileInfo(Path.Combine(stack.DataFolder, name)).UnixFileMode);
        }
    }

    [Fact]
    public async Task Nothing_listens_beyond_loopback()
    {
        var stack = await fixture.StackAsync(Token);
        var ours = stack.Processes().Values.Append(stack.HostProcessId).SelectMany(Sockets.InodesOf).ToHashSet();

        var listening = Sockets.Listening().Where(socket => ours.Contains(socket.Inode)).ToList();

        Assert.NotEmpty(listening);
        Assert.All(listening, socket => Assert.True(IPAddress.IsLoopback(socket.Address), socket.ToString()));
    }

    [Fact]
    public async Task The_control_endpoint_refuses_a_caller_without_the_token()
    {
        var stack = await fixture.StackAsync(Token);
        using var client = new HttpClient();

        using var listed = await client.GetAsync(new Uri($"{stack.File.Control}/resources"), Token);
        using var killed = await client.PostAsync(new Uri($"{stack.File.Control}/resources/gateway/kill"), null, Token);

        Assert.Equal(HttpStatusCode.Unauthorized, listed.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, killed.StatusCode);
    }

    [Fact]
    public async Task A_stop_leaves_no_process_and_no_temporary_file()
    {
        await using var stack = await RunningStack.StartAsync(["--ephemeral"], Token);
        var processes = stack.Processes().Values.ToList();

        var exitCode = await stack.StopAsync(Token);

        Assert.Equal(0, exitCode);
        Assert.All(processes, id => Assert.False(Leftovers.IsAlive(id)));
        Assert.False(Directory.Exists(stack.DataFolder));
    }

    [Fact]
    public async Task A_killed_host_takes_every_child_with_it_and_the_next_host_finds_the_data()
    {
        string key;
        await using (var first = await RunningStack.StartAsync(["--data", _data, "--port", FreePorts()], Token))
        {
            key = first.Key;
            await File.WriteAllTextAsync(Path.Combine(_data, KeptFile), "kept", Token);
            var processes = first.Processes().Values.ToList();

            await first.KillHostAsync(Token);

            await Eventually.TrueAsync(() => Task.FromResult(!processes.Exists(id => Leftovers.IsAlive(id))), Token);
            File.Delete(Path.Combine(_data, "run.json"));
        }

        await using var second = await RunningStack.StartAsync(["--data", _data, "--port", FreePorts()], Token);
        Assert.Equal(key, second.Key);
        Assert.Equal("kept", await File.ReadAllTextAsync(Path.Combine(_data, KeptFile), Token));
        await Eventually.TrueAsync(() => IsHealthyAsync(second), Token);

        await second.StopAsync(Token);
        Assert.False(File.Exists(Path.Combine(_data, "run.json")));
    }

    [Fact]
    public async Task A_second_host_on_the_same_folder_is_refused_by_name()
    {
        var stack = await fixture.StackAsync(Token);

        await using var second = AppHostProcess.Start("--data", stack.DataFolder);
        await second.Process.WaitForExitAsync(Token);

        Assert.Equal(2, second.Process.ExitCode);
        Assert.Contains(
            $"Another AiStack (process {stack.HostProcessId}) is running on {stack.DataFolder}.", second.Output,
            StringComparison.Ordinal);
        await Eventually.TrueAsync(() => IsHealthyAsync(stack), Token);
    }

    [Fact]
    public async Task A_taken_port_that_was_asked_for_is_refused_by_its_number()
    {
        var stack = await fixture.StackAsync(Token);

        await using var second = AppHostProcess.Start("--ephemeral", "--port", $"{stack.Api.Port}");
        await second.Process.WaitForExitAsync(Token);

        Assert.Equal(2, second.Process.ExitCode);
        Assert.Contains($"Port {stack.Api.Port}, for gateway, is taken.", second.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_argument_is_refused_by_its_name()
    {
        await using var host = AppHostProcess.Start("--datta", _data);
        await host.Process.WaitForExitAsync(Token);

        Assert.Equal(2, host.Process.ExitCode);
        Assert.Contains("Unknown argument '--datta'.", host.Output, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_data, recursive: true);

    private static async Task<bool> IsHealthyAsync(RunningStack stack)
    {
        using var client = stack.CreateClient();
        using var response = await client.GetAsync(new Uri("/health", UriKind.Relative), Token);
        return response.IsSuccessStatusCode;
    }

    // Two neighbouring ports that are free now.
    private static string FreePorts()
    {
        while (true)
        {
            var (first, second) = (Ports.Free(), Ports.Free());
            if (second == first + 1)
            {
                return $"{first}";
            }
        }
    }
}
