namespace AiStack.AppHost.Run;

/// <summary>One run on this machine: its arguments, its ports, and its data folder.</summary>
internal sealed class LocalRun : IDisposable
{
    private const int RefusedExitCode = 2;
    private readonly DataFolder? _folder;
    private readonly LocalPorts? _ports;
    private readonly SecretsFile? _secrets;

    private LocalRun(HostArguments arguments)
    {
        Arguments = arguments;
        if (!arguments.IsPublishing)
        {
            _ports = arguments.IsEphemeral && arguments.Port is null
                ? LocalPorts.ChooseFree()
                : LocalPorts.Choose(arguments.Port);
            _folder = DataFolder.Open(arguments, Path.Combine(Repository.Root, ".aistack"));
            _secrets = new(_folder.File("secrets.json"), _folder.HasData);
            _secrets.Check();
            _secrets.GetOrAdd("folder", () => SecretExtensions.RandomText(16)); // The file is there before any data is.
        }
    }

    public HostArguments Arguments { get; }

    public DataFolder Folder => _folder ?? throw new InvalidOperationException("What is published runs elsewhere.");

    public LocalPorts Ports => _ports ?? throw new InvalidOperationException("What is published runs elsewhere.");

    public SecretsFile Secrets => _secrets ?? throw new InvalidOperationException("What is published runs elsewhere.");

    /// <summary>
    /// Opens the run that the arguments ask for; null when there is none, after printing help, or what a
    /// person has to put right, with exit code 2.
    /// </summary>
    public static LocalRun? Open(string[] args)
    {
        AppDomain.CurrentDomain.UnhandledException += EndRefused;
        try
        {
            var arguments = HostArguments.Parse(args);
            if (!arguments.ShowHelp)
            {
                return new LocalRun(arguments);
            }

            Console.WriteLine(HostArguments.Usage);
        }
        catch (RefusalException refusal)
        {
            Console.Error.WriteLine(refusal.Message);
            Environment.ExitCode = RefusedExitCode;
        }

        return null;
    }

    /// <summary>
    /// Aspire's settings for a run that needs nothing set up: http on 127.0.0.1 without a certificate, the dashboard's
    /// history in the data folder, and our own lines as the last ones printed. Arguments, since they count more than
    /// launchSettings.json and hold without it, too.
    /// </summary>
    public DistributedApplicationOptions ToOptions() => new()
    {
        Args = [.. _folder is null ? [] : Settings(), .. Arguments.Rest],
        AllowUnsecuredTransport = true,
        TrustDeveloperCertificate = false,
        DashboardApplicationName = "AiStack",
    };

    public void Dispose() => _folder?.Dispose();

    // What is refused while the system is described, such as a setting of the stores.
    private static void EndRefused(object sender, UnhandledExceptionEventArgs unhandled)
    {
        if (unhandled.ExceptionObject is RefusalException refusal)
        {
            Console.Error.WriteLine(refusal.Message);
            Environment.Exit(RefusedExitCode);
        }
    }

    private IEnumerable<string> Settings()
    {
        var chosen = Environment.GetEnvironmentVariables();
        if (!Arguments.Rest.Any(argument => argument.StartsWith("--environment=", StringComparison.Ordinal))
            && !chosen.Contains("DOTNET_ENVIRONMENT") && !chosen.Contains("ASPNETCORE_ENVIRONMENT"))
        {
            yield return "--environment=Development";
        }

        yield return $"--ASPNETCORE_URLS=http://127.0.0.1:{Ports.Dashboard}";
        yield return $"--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://127.0.0.1:{Ports.OtlpGrpc}";
        yield return $"--ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL=http://127.0.0.1:{Ports.OtlpHttp}";
        yield return $"--ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL=http://127.0.0.1:{Ports.Resources}";
        yield return $"--ASPIRE_DASHBOARD_DATA_DIRECTORY={Folder.File("dashboard")}";
        yield return "--ASPIRE_DASHBOARD_TELEMETRY_OPTOUT=true";
        yield return "--ASPIRE_VERSION_CHECK_DISABLED=true";
        yield return "--Logging:LogLevel:Default=Warning";
        yield return "--Logging:LogLevel:AiStack.AppHost=Information";
        yield return "--Logging:LogLevel:AiStack.AppHost.Resources=None"; // Their output is on the dashboard.
        yield return "--Logging:LogLevel:Microsoft.Extensions.Hosting=None"; // It is thrown, too.
        yield return "--Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks=None"; // So is health.
        yield return "--Logging:LogLevel:Microsoft.AspNetCore.DataProtection=Error"; // Aspire's keys, of this user.
        // Without it the folder of an ephemeral run would be removed under a database that still writes to it.
        yield return "--DcpPublisher:WaitForResourceCleanup=true";
        if (ParentProcess.DotnetRun() is { } parent)
        {
            // Aspire stops when the CLI that started it has gone; a `dotnet run` that was killed counts as the CLI.
            yield return $"--ASPIRE_CLI_PID={parent}";
        }
    }
}
