using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using AiStack.AppHost.Access;
using AiStack.AppHost.Ready;
using AiStack.AppHost.Run;
using AiStack.AppHost.Supervision;
using AiStack.Tests.Fixtures;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AiStack.Tests.EndToEnd;

/// <summary>The real stack, started by Aspire's test host, and how to reach and disturb it.</summary>
public sealed class RunningStack : IAsyncDisposable
{
    private const string Blobs = "blobs";

    // Aspire's test host has no dashboard; the Console still links to one.
    private const string TraceUrl = "http://127.0.0.1:1/traces/detail/{traceId}";
    private static readonly TimeSpan _startLimit = TimeSpan.FromMinutes(4);

    private readonly DistributedApplication _app;
    private readonly Doors _doors;

    private RunningStack(DistributedApplication app, string key, Uri login)
    {
        (_app, Key, Login) = (app, key, login);
        _doors = app.Services.GetRequiredService<Doors>();
        DataFolder = app.Services.GetRequiredService<LocalRun>().Folder.Path;
    }

    /// <summary>The Gateway's address, without <c>/v1</c>.</summary>
    public Uri Api => new(_doors.Api);

    /// <summary>The development key, which may do everything in the default project.</summary>
    public string Key { get; }

    /// <summary>Where a service listens.</summary>
    public Uri AddressOf(string name) => _app.GetEndpoint(name, "http");

    public Uri Console => new(_doors.ConsoleAddress);

    /// <summary>The link that signs a person in to the Console, once.</summary>
    public Uri Login { get; }

    public string DataFolder { get; }

    private string BlobFolder => Path.Combine(DataFolder, Blobs);

    /// <summary>Starts the stack on fresh data and waits until all of it is healthy.</summary>
    public static async Task<RunningStack> StartAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_startLimit);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AiStack_AppHost>(
            [
                "--ephemeral", "--Stores=embedded", $"--Console:TraceUrl={TraceUrl}",
                // Vectors that follow would take the cores from tests that are not about them.
                "--Retrieval:Embedder:Kind=builtin",
                // No server that happens to run on this machine may answer; a test that has its own says so.
                .. LocalModels.Nowhere, .. arguments,
            ],
            limit.Token);
        var app = await builder.BuildAsync(limit.Token);
        try
        {
            await app.StartAsync(limit.Token);
            await Task.WhenAll(builder.Resources
                .Where(resource => resource.TryGetAnnotationsOfType<HealthCheckAnnotation>(out _))
                .Select(resource => app.ResourceNotifications.WaitForResourceHealthyAsync(
                    resource.Name, WaitBehavior.StopOnResourceUnavailable, limit.Token)));
            var run = app.Services.GetRequiredService<LocalRun>().Folder;
            await Eventually.TrueAsync(() => Task.FromResult(File.Exists(run.File("run.json"))), limit.Token);
            var doors = app.Services.GetRequiredService<Doors>();
            return new RunningStack(
                app, await doors.KeyAsync(limit.Token), new Uri(await doors.LoginLinkAsync(limit.Token)));
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// A client of the public API that carries the development key, and no trace but the one that a test gives it:
    /// others of the process may listen to what HTTP clients do.
    /// </summary>
    public HttpClient CreateClient()
    {
        var timeout = TimeSpan.FromMinutes(2);
        var handler = new SocketsHttpHandler { ActivityHeadersPropagator = null, Expect100ContinueTimeout = timeout };
        var client = new HttpClient(handler) { BaseAddress = Api, Timeout = timeout };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        return client;
    }

    /// <summary>The id of the process that runs now under this name; null while there is none.</summary>
    public int? ProcessOf(string name) => name == "postgres" ? Postmaster() :
        _app.ResourceNotifications.TryGetCurrentState(name, out var current) && !current.Snapshot.HasEnded()
        && int.TryParse(current.Snapshot.ProcessId(), CultureInfo.InvariantCulture, out var id)
            ? id
            : null;

    /// <summary>The database, as its owner has it.</summary>
    public async Task<NpgsqlDataSource> DatabaseAsync(CancellationToken cancellationToken) =>
        NpgsqlDataSource.Create((await _app.GetConnectionStringAsync("aistack", cancellationToken))!);

    /// <summary>How to reach Redis.</summary>
    public async Task<string> CacheAsync(CancellationToken cancellationToken) =>
        (await _app.GetConnectionStringAsync("cache", cancellationToken))!;

    // Aspire runs the server in a shell, which turns the signal to stop into the one that stops it at once.
    private int? Postmaster()
    {
        var file = Path.Combine(DataFolder, "postgres", "data", "postmaster.pid");
        return File.Exists(file) && int.TryParse(File.ReadLines(file).First(), out var id) && ProcessTree.IsAlive(id)
            ? id
            : null;
    }

    /// <summary>The ids of the processes of a service that runs in several, as run.json has them for scripts.</summary>
    public IReadOnlyList<int> ProcessesOf(string name)
    {
        var file = JsonSerializer.Deserialize<RunFile>(
            File.ReadAllText(Path.Combine(DataFolder, "run.json")), PrivateFile.Json)!;
        return [.. file.Processes.Where(part => part.Key.StartsWith($"{name}-", StringComparison.Ordinal))
            .Select(part => part.Value).Where(ProcessTree.IsAlive)];
    }

    /// <summary>What Aspire says the part is: Running, Finished, ...</summary>
    public string? StateOf(string name) =>
        _app.ResourceNotifications.TryGetCurrentState(name, out var current) ? current.Snapshot.State?.Text : null;

    /// <summary>Stops a store or a service until the end of the test, or an earlier <c>BackAsync</c>.</summary>
    public async Task<Outage> WithoutAsync(string name, CancellationToken cancellationToken)
    {
        var outage = new Outage(this, name);
        await StopPartAsync(name, cancellationToken);
        return outage;
    }

    /// <summary>Stops a store or a service, until <see cref="StartPartAsync"/>.</summary>
    private async Task StopPartAsync(string name, CancellationToken cancellationToken)
    {
        if (name == Blobs)
        {
            // A file in the folder's place, so that it cannot be made again: as on a disk that is gone.
            Directory.Move(BlobFolder, BlobFolder + ".away");
            await File.WriteAllTextAsync(BlobFolder, "", cancellationToken);
            return;
        }

        await CommandAsync(name, KnownResourceCommands.StopCommand, cancellationToken);
        await _app.ResourceNotifications.WaitForResourceAsync(
            name, change => change.Snapshot.HasEnded(), cancellationToken);
    }

    /// <summary>Starts it again, and waits until it is healthy.</summary>
    private async Task StartPartAsync(string name, CancellationToken cancellationToken)
    {
        if (name == Blobs)
        {
            File.Delete(BlobFolder);
            Directory.Move(BlobFolder + ".away", BlobFolder);
            return;
        }

        await CommandAsync(name, KnownResourceCommands.StartCommand, cancellationToken);
        await _app.ResourceNotifications.WaitForResourceHealthyAsync(name, cancellationToken);
    }

    /// <summary>Runs a command of the dashboard, and returns what it says.</summary>
    public async Task<ExecuteCommandResult> CommandAsync(
        string name, string command, CancellationToken cancellationToken)
    {
        var result = await _app.ResourceCommands.ExecuteCommandAsync(name, command, cancellationToken);
        return result.Success
            ? result
            : throw new InvalidOperationException($"{command} of {name} failed: {result.Message}");
    }

    /// <summary>Kills it with SIGKILL; the host starts it again by itself.</summary>
    public void KillPart(string name)
    {
        ProcessTree.Kill(ProcessOf(name) ?? throw new InvalidOperationException($"{name} does not run."));
    }

    /// <summary>Everything that the part has printed so far.</summary>
    public async Task<IReadOnlyList<string>> OutputOfAsync(string name, CancellationToken cancellationToken)
    {
        var loggers = _app.Services.GetRequiredService<ResourceLoggerService>();
        _app.ResourceNotifications.TryGetCurrentState(name, out var current);
        List<string> lines = [];
        var output = loggers.GetAllAsync(current?.ResourceId ?? name);
        await foreach (var batch in output.WithCancellation(cancellationToken))
        {
            lines.AddRange(batch.Select(line => line.Content));
        }

        return lines;
    }

    /// <summary>Stops the stack in good order.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>A part that is stopped. It is back in the end, whatever the test found.</summary>
    public sealed class Outage(RunningStack stack, string name) : IAsyncDisposable
    {
        private bool _isOver;

        public async Task BackAsync(CancellationToken cancellationToken)
        {
            _isOver = true;
            await stack.StartPartAsync(name, cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            if (!_isOver)
            {
                await BackAsync(CancellationToken.None);
            }
        }
    }
}
