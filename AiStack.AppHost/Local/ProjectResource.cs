using AiStack.AppHost.Local.Processes;

namespace AiStack.AppHost.Local;

/// <summary>The endpoint on which a service listens; the port is a wish, <c>null</c> for any free one.</summary>
internal sealed record HttpEndpoint(int? PreferredPort)
{
    public bool IsExternal { get; set; }
}

/// <summary>One of our programs: with an endpoint a service, kept running; without one a job, run once.</summary>
internal sealed class ProjectResource(string name, IProjectMetadata project)
    : Resource(name), IResourceWithServiceDiscovery
{
    public Dictionary<string, Setting> Environment { get; } = new(StringComparer.Ordinal);

    public List<string> Arguments { get; } = [];

    public HttpEndpoint? Endpoint { get; set; }

    public string? HealthPath { get; set; }

    public bool IsJob => Endpoint is null;

    public string Address(RunContext run) => $"http://127.0.0.1:{run.Ports.Of(Name)}";

    public override Unit CreateUnit(RunContext run) => new Supervisor(
        Name,
        _ => Task.FromResult(Launch(run)),
        HealthPath is null ? null : new HttpHealth(new Uri(Address(run) + HealthPath)),
        IsJob,
        run);

    private LaunchSpec Launch(RunContext run)
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal)
        {
            ["OTEL_SERVICE_NAME"] = Name,
            ["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={Name}-{RandomText.Letters(8)}",
            ["DOTNET_ENVIRONMENT"] = run.EnvironmentName,
            ["ASPNETCORE_ENVIRONMENT"] = run.EnvironmentName,
            // A stop must not wait half a minute for a client that keeps its stream open.
            ["DOTNET_SHUTDOWNTIMEOUTSECONDS"] = "5",
        };
        if (IsJob)
        {
            // It ends before anything that profiling could speed up.
            environment["DOTNET_TieredPGO"] = "0";
        }
        else
        {
            environment["ASPNETCORE_URLS"] = Address(run);
        }

        foreach (var (key, setting) in Environment)
        {
            environment[key] = setting(run);
        }

        return new LaunchSpec("dotnet", [project.AssemblyPath, .. Arguments])
        {
            WorkingDirectory = Path.GetDirectoryName(project.ProjectPath)!,
            Environment = environment,
        };
    }
}
