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
    private Action _processesChanged = () => { };

    public HostArguments Arguments { get; } = arguments;

    public IConfiguration Configuration { get; } = configuration;

    public DataFolder Folder { get; } = folder;

    public Terminal Terminal { get; } = terminal;

    public SearchPath Programs { get; } = programs;

    public Ports Ports { get; } = ports;

    public Spawner Spawner { get; } = new(programs);

    public SecretsFile Secrets { get; } = new(folder.File("secrets.json"));

    public TimeProvider Time { get; } = TimeProvider.System;

    /// <summary>Development unless told otherwise: the built-in host is for a person's own machine.</summary>
    public string EnvironmentName { get; } =
        configuration["DOTNET_ENVIRONMENT"] ?? configuration["ASPNETCORE_ENVIRONMENT"] ?? "Development";

    /// <summary>Where this store is, when it is not to be embedded.</summary>
    public string? GivenConnectionString(string name) =>
        Configuration[$"ConnectionStrings:{name}"] is { Length: > 0 } given ? given : null;

    public void WhenProcessesChange(Action action) => _processesChanged = action;

    /// <summary>Tells that a child has started or ended.</summary>
    public void ProcessesChanged() => _processesChanged();
}
