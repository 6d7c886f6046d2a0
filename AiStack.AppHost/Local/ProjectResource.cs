using System.Globalization;
using AiStack.AppHost.Local.Feed;
using AiStack.AppHost.Local.Processes;

namespace AiStack.AppHost.Local;

/// <summary>
/// An endpoint on which a service listens. The port is a wish, <c>null</c> for any free one. A service that is told the
/// port by a setting of its own opens it by itself; the others are in its URLs.
/// </summary>
internal sealed record HttpEndpoint(string Name, int? PreferredPort, string? PortSetting)
{
    public const string DefaultName = "http";

    public bool IsExternal { get; set; }
}

/// <summary>One of our programs: with an endpoint a service, kept running; without one a job, run once.</summary>
internal sealed class ProjectResource(string name, IProjectMetadata project)
    : Resource(name), IResourceWithServiceDiscovery
{
    public Dictionary<string, Setting> Environment { get; } = new(StringComparer.Ordinal);

    public List<string> Arguments { get; } = [];

    public override string Kind => IsJob ? "job" : "service";

    public List<HttpEndpoint> HttpEndpoints { get; } = [];

    public string? HealthPath { get; set; }

    public bool IsJob => HttpEndpoints.Count == 0;

    public string Address(RunContext run) => Url(run, HttpEndpoint.DefaultName);

    /// <summary>The name under which the endpoint's port is held.</summary>
    public string PortName(string endpoint) => endpoint == HttpEndpoint.DefaultName ? Name : $"{Name}-{endpoint}";

    public string Url(RunContext run, string endpoint) => $"http://127.0.0.1:{run.Ports.Of(PortName(endpoint))}";

    public override IReadOnlyList<EndpointView> Endpoints(RunContext run) =>
        [.. HttpEndpoints.Select(endpoint => new EndpointView(endpoint.Name, Url(run, endpoint.Name)))];

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
            // The output is read by people, here and in the console's pages, though it goes through a pipe.
            ["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "1",
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

        foreach (var endpoint in HttpEndpoints.Where(endpoint => endpoint.PortSetting is not null))
        {
            environment[endpoint.PortSetting!] =
                run.Ports.Of(PortName(endpoint.Name)).ToString(CultureInfo.InvariantCulture);
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
