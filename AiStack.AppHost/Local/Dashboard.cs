namespace AiStack.AppHost.Local;

/// <summary>
/// The console as what Aspire's dashboard is to an Aspire host: every part sends its telemetry there, and it is told
/// where the host answers about its resources.
/// </summary>
internal static class Dashboard
{
    /// <summary>The endpoint that takes telemetry. A system without one has no dashboard.</summary>
    private const string TelemetryEndpoint = "otlp-grpc";

    /// <summary>The setting by which the console knows the senders that it may trust.</summary>
    private const string KeySetting = "Console__Otlp__Key";

    private const string GivenReceiver = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void Wire(RunContext run, IReadOnlyList<Resource> resources, ControlEndpoint control)
    {
        var projects = resources.OfType<ProjectResource>().ToList();
        if (projects.Find(TakesTelemetry) is not { } console)
        {
            return;
        }

        console.Environment["Console__Host__Url"] = _ => control.Address;
        console.Environment["Console__Host__Token"] = _ => control.Token;

        // Who has a receiver of their own has set this; the children inherit it, with all the rest of OTEL_*.
        if (run.Configuration[GivenReceiver] is { Length: > 0 })
        {
            return;
        }

        foreach (var project in projects)
        {
            project.Environment[GivenReceiver] = context => console.Url(context, TelemetryEndpoint);
            project.Environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = _ => "grpc";
            project.Environment["OTEL_EXPORTER_OTLP_HEADERS"] =
                context => $"x-otlp-api-key={console.Environment[KeySetting](context)}";
            SendSoon(run, project);
        }
    }

    private static bool TakesTelemetry(ProjectResource project) =>
        project.HttpEndpoints.Any(endpoint => endpoint.Name == TelemetryEndpoint);

    // OpenTelemetry's defaults, up to a minute, are for a backend far away; here somebody is looking at the page.
    private static void SendSoon(RunContext run, ProjectResource project)
    {
        foreach (var (name, milliseconds) in new[]
        {
            ("OTEL_BSP_SCHEDULE_DELAY", "1000"),
            ("OTEL_BLRP_SCHEDULE_DELAY", "1000"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "5000"),
        })
        {
            if (run.Configuration[name] is null)
            {
                project.Environment[name] = _ => milliseconds;
            }
        }
    }
}
