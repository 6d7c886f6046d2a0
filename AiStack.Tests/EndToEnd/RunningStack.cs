using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace AiStack.Tests.EndToEnd;

/// <summary>A real AppHost, running as a process of its own, and how to reach and disturb it.</summary>
public sealed class RunningStack : IAsyncDisposable
{
    private static readonly TimeSpan _startLimit = TimeSpan.FromMinutes(4);
    private static readonly JsonSerializerOptions _json =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly AppHostProcess _host;
    private readonly HttpClient _control = new() { Timeout = TimeSpan.FromMinutes(2) };

    private RunningStack(AppHostProcess host, RunningStackFile file)
    {
        (_host, File) = (host, file);
        _control.BaseAddress = new Uri(file.Control);
        _control.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", file.ControlToken);
    }

    /// <summary>What run.json said when the stack became ready.</summary>
    public RunningStackFile File { get; }

    /// <summary>The Gateway's address, without <c>/v1</c>.</summary>
    public Uri Api => new(File.Api);

    /// <summary>The development key, which may do everything in the default project.</summary>
    public string Key => File.Key;

    public Uri Console => new(File.Console);

    /// <summary>The link that signs a person in to the console, once.</summary>
    public Uri Login => new(File.Login);

    public string DataFolder => _host.DataFolder;

    public int HostProcessId => _host.Process.Id;

    /// <summary>Everything that the host and its children have printed so far.</summary>
    public string Output => _host.Output;

    /// <summary>Starts an AppHost and waits until all of it is ready.</summary>
    public static Task<RunningStack> StartAsync(string[] arguments, CancellationToken cancellationToken) =>
        StartAsync(arguments, environment: [], cancellationToken);

    /// <summary>The same, with environment variables beside this process's own.</summary>
    public static async Task<RunningStack> StartAsync(
        string[] arguments, IEnumerable<KeyValuePair<string, string>> environment, CancellationToken cancellationToken)
    {
        var host = AppHostProcess.Start(arguments, environment);
        try
        {
            var path = await host.WaitForRunFileAsync(_startLimit, cancellationToken);
            return new RunningStack(host, Read(path));
        }
        catch
        {
            await host.DisposeAsync();
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

    /// <summary>The processes that run now: name to id. After a restart an id is another.</summary>
    public IReadOnlyDictionary<string, int> Processes() => Read(Path.Combine(DataFolder, "run.json")).Processes;

    /// <summary>Stops a store or a service, until <see cref="StartPartAsync"/>.</summary>
    public Task StopPartAsync(string name, CancellationToken cancellationToken) =>
        CommandAsync(name, "stop", cancellationToken);

    /// <summary>Starts it again, and waits until it is healthy.</summary>
    public Task StartPartAsync(string name, CancellationToken cancellationToken) =>
        CommandAsync(name, "start", cancellationToken);

    /// <summary>Kills it with SIGKILL; the host starts it again by itself.</summary>
    public Task KillPartAsync(string name, CancellationToken cancellationToken) =>
        CommandAsync(name, "kill", cancellationToken);

    /// <summary>A client of the host's control endpoint that carries its token.</summary>
    public HttpClient CreateControlClient()
    {
        var client = new HttpClient { BaseAddress = _control.BaseAddress, Timeout = TimeSpan.FromMinutes(2) };
        client.DefaultRequestHeaders.Authorization = _control.DefaultRequestHeaders.Authorization;
        return client;
    }

    /// <summary>The state of every part, by the host's own view.</summary>
    public async Task<IReadOnlyDictionary<string, string>> StatesAsync(CancellationToken cancellationToken)
    {
        var parts = await _control.GetFromJsonAsync<List<JsonElement>>("/resources", cancellationToken);
        return parts!.ToDictionary(
            part => part.GetProperty("name").GetString()!, part => part.GetProperty("state").GetString()!);
    }

    /// <summary>Stops the stack in good order, as Ctrl-C does, and gives its exit code.</summary>
    public Task<int> StopAsync(CancellationToken cancellationToken) => _host.StopAsync(cancellationToken);

    /// <summary>Ends the host with SIGKILL, as a crash does.</summary>
    public Task KillHostAsync(CancellationToken cancellationToken)
    {
        _host.Process.Kill();
        return _host.Process.WaitForExitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        await _host.DisposeAsync();
    }

    private async Task CommandAsync(string name, string command, CancellationToken cancellationToken)
    {
        using var response = await _control.PostAsync(
            new Uri($"/resources/{name}/{command}", UriKind.Relative), null, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    private static RunningStackFile Read(string path) =>
        JsonSerializer.Deserialize<RunningStackFile>(System.IO.File.ReadAllText(path), _json)!;
}

/// <summary>run.json, as scripts read it.</summary>
public sealed record RunningStackFile(
    string Console,
    string Login,
    string Api,
    string Key,
    string Host,
    double SecondsToReady,
    string Control,
    string ControlToken,
    IReadOnlyDictionary<string, int> Processes);
