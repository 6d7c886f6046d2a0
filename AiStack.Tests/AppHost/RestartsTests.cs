using System.Diagnostics;
using System.Globalization;
using AiStack.AppHost.Supervision;
using AiStack.Tests.Fixtures;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace AiStack.Tests.AppHost;

/// <summary>What ends, on Aspire's real orchestrator.</summary>
public sealed class RestartsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("restarts-test-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_ends_five_times_soon_after_its_start_stays_down_and_says_so()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Runs a shell.");
        var starts = Path.Combine(_folder.FullName, "starts");
        await using var app = await StartAsync(("crashes", $"echo started >> {starts}; exit 3"));

        var output = await OutputAsync(app, "crashes", "stays down");

        Assert.Contains("5 times in a row soon after its start (exit code 3)", output, StringComparison.Ordinal);
        Assert.Equal(5, (await File.ReadAllLinesAsync(starts, Token)).Length);
    }

    [Fact]
    public async Task What_is_killed_starts_again_and_what_is_stopped_does_not()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Runs a shell.");
        await using var app = await StartAsync(("stopped", "exec sleep 600"), ("killed", "exec sleep 600"));
        var told = await ProcessAsync(app, "stopped", former: null);
        var before = await ProcessAsync(app, "killed", former: null);

        await app.ResourceCommands.ExecuteCommandAsync("stopped", KnownResourceCommands.StopCommand, Token);
        await app.ResourceNotifications.WaitForResourceAsync("stopped", change => change.Snapshot.HasEnded(), Token);
        using (var process = Process.GetProcessById(before))
        {
            process.Kill();
        }

        // The one that was killed later is back: the other would have been by now.
        Assert.NotEqual(before, await ProcessAsync(app, "killed", before));
        Assert.True(app.ResourceNotifications.TryGetCurrentState("stopped", out var stopped));
        Assert.True(stopped.Snapshot.HasEnded());

        await app.ResourceCommands.ExecuteCommandAsync("stopped", KnownResourceCommands.StartCommand, Token);
        using var again = Process.GetProcessById(await ProcessAsync(app, "stopped", told));
        var first = again.Id;
        again.Kill();
        Assert.NotEqual(first, await ProcessAsync(app, "stopped", first));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task<DistributedApplication> StartAsync(params (string Name, string Script)[] resources)
    {
        // The orchestrator's place is written in the host's assembly.
        var builder = DistributedApplication.CreateBuilder(
            new DistributedApplicationOptions { AssemblyName = "AiStack.AppHost", DisableDashboard = true });
        builder.AddRestarts();
        foreach (var (name, script) in resources)
        {
            builder.AddExecutable(name, "/bin/sh", "/", "-c", script)
                .WithPatientHealthCheck(_ => Task.FromResult<string?>(null));
        }

        var app = builder.Build();
        await app.StartAsync(Token);
        return app;
    }

    private static Task<int> ProcessAsync(DistributedApplication app, string name, int? former) => Eventually.ReadAsync(
        () => Task.FromResult(
            app.ResourceNotifications.TryGetCurrentState(name, out var current) && !current.Snapshot.HasEnded()
            && int.TryParse(current.Snapshot.ProcessId(), CultureInfo.InvariantCulture, out var id) ? id : 0),
        id => id != 0 && id != former);

    private static async Task<string> OutputAsync(DistributedApplication app, string name, string until)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Eventually.Patience);
        var outputs = app.Services.GetRequiredService<ResourceLoggerService>();
        app.ResourceNotifications.TryGetCurrentState(name, out var current);
        await foreach (var batch in outputs.WatchAsync(current!.ResourceId).WithCancellation(limit.Token))
        {
            var found = batch.Select(line => line.Content)
                .FirstOrDefault(line => line.Contains(until, StringComparison.Ordinal));
            if (found is not null)
            {
                return found;
            }
        }

        throw new InvalidOperationException($"{name} has ended its output without \"{until}\".");
    }
}
