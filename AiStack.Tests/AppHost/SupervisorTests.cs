using AiStack.AppHost.Local;
using AiStack.AppHost.Local.Feed;
using AiStack.AppHost.Local.Processes;
using AiStack.Tests.Fixtures;
using Microsoft.Extensions.Configuration;
using Xunit;
using Ports = AiStack.AppHost.Local.Ports;

namespace AiStack.Tests.AppHost;

/// <summary>Real processes under supervision: shells that end, hang or obey.</summary>
public sealed class SupervisorTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly Ports _ports = new();
    private readonly DataFolder _folder = DataFolder.Open(new HostArguments { IsEphemeral = true }, "");
    private readonly RunContext _run;

    public SupervisorTests()
    {
        var programs = new SearchPath("/usr/bin:/bin");
        var terminal = new Terminal(TextWriter.Synchronized(_output), useColours: false);
        _run = new RunContext(new(), new ConfigurationManager(), _folder, terminal, programs, _ports);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_that_ends_well_is_finished_and_not_run_again()
    {
        using var job = Supervise("echo done", isJob: true);

        Assert.True(await job.StartAsync(Token));

        Assert.Equal(UnitState.Finished, job.State);
        Assert.Equal(1, Occurrences("done"));
    }

    [Fact]
    public async Task A_job_that_fails_says_so_with_its_exit_code()
    {
        using var job = Supervise("echo why >&2; exit 7", isJob: true);

        Assert.False(await job.StartAsync(Token));

        Assert.Equal(UnitState.Failed, job.State);
        Assert.Contains("part failed (exit code 7)", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, Occurrences("why"));
    }

    [Fact]
    public async Task A_service_that_keeps_crashing_stays_down_and_says_so()
    {
        using var service = Supervise("echo crash; exit 3");

        Assert.False(await service.StartAsync(Token));

        Assert.Equal(UnitState.Failed, service.State);
        Assert.Equal(RestartBackoff.MaxQuickCrashes, Occurrences("crash"));
        Assert.Contains("It stays down", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_stays_down_can_be_started_by_hand()
    {
        var marker = _folder.File("works-now");
        var ready = _folder.File("ready");
        using var service = Supervise($"test -e {marker} || exit 3; touch {ready}; exec sleep 600");
        Assert.False(await service.StartAsync(Token));

        await File.WriteAllTextAsync(marker, "", Token);

        Assert.True(await service.StartAsync(Token));
        Assert.Equal(UnitState.Running, service.State);
        await service.StopAsync();
    }

    [Fact]
    public async Task A_killed_service_is_started_again()
    {
        using var service = Supervise($"touch {_folder.File("ready")}; exec sleep 600");
        await service.StartAsync(Token);
        var first = service.ProcessId;

        service.Kill();

        await Eventually.TrueAsync(
            () => Task.FromResult(service.ProcessId is { } id && id != first && service.State == UnitState.Running),
            Token);
        await service.StopAsync();
        Assert.Equal(UnitState.Stopped, service.State);
        Assert.False(Leftovers.IsAlive(first ?? 0));
    }

    [Fact]
    public async Task A_restart_is_counted_with_the_exit_code_and_a_new_start_time()
    {
        using var service = Supervise($"touch {_folder.File("ready")}; exec sleep 600");
        await service.StartAsync(Token);
        var started = service.StartedAt;

        service.Kill();

        await Eventually.TrueAsync(
            () => Task.FromResult(service is { Restarts: 1, State: UnitState.Running }), Token);
        Assert.Equal(128 + 9, service.LastExitCode);
        Assert.True(service.StartedAt > started);
        await service.StopAsync();
        Assert.Equal((null, 1), (service.StartedAt, service.Restarts));
    }

    [Fact]
    public async Task A_running_service_that_fails_a_check_says_which_until_it_passes_again()
    {
        var ready = _folder.File("ready");
        using var service = Supervise($"touch {ready}; exec sleep 600");
        await service.StartAsync(Token);

        File.Delete(ready);
        var failing = await Eventually.ReadAsync(
            () => Task.FromResult(service.Failing), checks => checks is { Count: > 0 });
        Assert.Equal(new FailingCheck("file", "no file yet"), Assert.Single(failing!));
        Assert.Equal(UnitState.Running, service.State);

        await File.WriteAllTextAsync(ready, "", Token);
        await Eventually.TrueAsync(() => Task.FromResult(service.Failing is { Count: 0 }), Token);
        await service.StopAsync();
        Assert.Null(service.Failing);
    }

    [Fact]
    public async Task What_a_child_prints_is_kept_by_stream_with_what_the_host_says_of_it()
    {
        using var job = Supervise("echo out; echo err >&2; exit 3", isJob: true);

        await job.StartAsync(Token);

        var lines = _run.Logs.After(0, "part").Select(line => (line.Source, line.Text)).ToList();
        // Two pipes: which of their lines comes first is nobody's promise.
        Assert.Equal(
            [(LogSource.Output, "out"), (LogSource.Error, "err")],
            lines.Take(2).OrderByDescending(line => line.Text));
        Assert.Equal(
            [(LogSource.Host, "part failed (exit code 3); its lines above say why.")],
            lines.Skip(2));
    }

    [Fact]
    public async Task Colours_of_a_child_are_kept_for_pages_and_left_out_of_a_terminal_without_colours()
    {
        using var job = Supervise("printf '\\033[31mred\\033[0m\\n'", isJob: true);

        await job.StartAsync(Token);

        Assert.Equal("\e[31mred\e[0m", Assert.Single(_run.Logs.After(0, "part")).Text);
        Assert.Equal(1, Occurrences("red"));
        Assert.DoesNotContain('\e', _output.ToString());
    }

    [Fact]
    public async Task A_service_that_ends_well_without_being_told_to_is_started_again()
    {
        var ready = _folder.File("ready");
        using var service = Supervise($"test -e {ready} && exec sleep 600; touch {ready}; exit 0");

        Assert.True(await service.StartAsync(Token));

        Assert.Contains("part ended (exit code 0). Starting it again", _output.ToString(), StringComparison.Ordinal);
        await service.StopAsync();
    }

    [Fact]
    public async Task A_child_is_in_a_session_of_its_own_which_ctrl_c_does_not_reach()
    {
        Assert.SkipUnless(_run.Spawner.TiesChildrenToHost, "Only Linux has setsid and setpriv.");
        using var service = Supervise($"touch {_folder.File("ready")}; exec sleep 600");
        await service.StartAsync(Token);

        var status = await File.ReadAllTextAsync($"/proc/{service.ProcessId}/stat", Token);
        var session = status[(status.LastIndexOf(')') + 2)..].Split(' ')[3];

        Assert.Equal($"{service.ProcessId}", session);
        await service.StopAsync();
    }

    [Fact]
    public async Task A_program_that_does_not_exist_fails_with_a_line_that_names_it()
    {
        using var job = Supervise("exec /nowhere/program", isJob: true);

        Assert.False(await job.StartAsync(Token));

        Assert.Contains("/nowhere/program", _output.ToString(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _ports.Dispose();
        _output.Dispose();
    }

    private Supervisor Supervise(string script, bool isJob = false)
    {
        var spec = new LaunchSpec("/bin/sh", ["-c", script]) { WorkingDirectory = _folder.Path };
        var health = isJob ? null : new FileExists(_folder.File("ready"));
        return new Supervisor("part", _ => Task.FromResult(spec), health, isJob, _run);
    }

    private int Occurrences(string line) =>
        _output.ToString().Split('\n').Count(text => text.EndsWith($" {line}", StringComparison.Ordinal));

    private sealed class FileExists(string path) : IHealthProbe
    {
        public Task<IReadOnlyList<FailingCheck>> ProbeAsync(CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<FailingCheck>>(File.Exists(path) ? [] : [new("file", "no file yet")]);
    }
}
