using AiStack.AppHost.Local.Feed;
using AiStack.AppHost.Local.Processes;
using Microsoft.Extensions.Configuration;

namespace AiStack.AppHost.Local;

/// <summary>What every part of one running stack shares.</summary>
internal sealed class RunContext(
    HostArguments arguments,
    IConfiguration configuration,
    DataFolder folder,
    Terminal terminal,
    SearchPath programs,
    Ports ports)
{
    private ResourceLogs? _logs;
    private Action _processesChanged = () => { };

    /// <summary>Told when anything about a resource is different from before.</summary>
    public event Action? ResourcesChanged;

    public HostArguments Arguments { get; } = arguments;

    public IConfiguration Configuration { get; } = configuration;

    public DataFolder Folder { get; } = folder;

    public Terminal Terminal { get; } = terminal;

    public SearchPath Programs { get; } = programs;

    public Ports Ports { get; } = ports;

    public Spawner Spawner { get; } = new(programs);

    public SecretsFile Secrets { get; } = new(folder.File("secrets.json"));

    public TimeProvider Time { get; } = TimeProvider.System;

    public Redaction Redaction { get; } = new();

    /// <summary>What the children have printed.</summary>
    public ResourceLogs Logs =>
        LazyInitializer.EnsureInitialized(ref _logs, () => new ResourceLogs(Redaction, Time));

    /// <summary>Development unless told otherwise: the built-in host is for a person's own machine.</summary>
    public string EnvironmentName { get; } =
        configuration["DOTNET_ENVIRONMENT"] ?? configuration["ASPNETCORE_ENVIRONMENT"] ?? "Development";

    /// <summary>Where this store is, when it is not to be embedded.</summary>
    public string? GivenConnectionString(string name) =>
        Configuration[$"ConnectionStrings:{name}"] is { Length: > 0 } given ? given : null;

    public void WhenProcessesChange(Action action) => _processesChanged = action;

    /// <summary>Tells that a child has started or ended.</summary>
    public void ProcessesChanged() => _processesChanged();

    public void ResourceChanged() => ResourcesChanged?.Invoke();

    /// <summary>Says of a resource what a person must see, in the terminal and among the resource's lines.</summary>
    public void Warn(string resource, string line)
    {
        Terminal.Warn(line);
        Logs.Add(resource, LogSource.Host, line);
    }
}
