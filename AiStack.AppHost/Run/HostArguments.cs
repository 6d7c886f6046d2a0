using System.Globalization;

namespace AiStack.AppHost.Run;

/// <summary>The command line's arguments.</summary>
internal sealed record HostArguments
{
    public const string Usage =
        """
        Usage: dotnet run --project AiStack.AppHost -- [options]
               dotnet run --project AiStack.AppHost -- model get REPOSITORY | model list

          --data DIR    Keep everything in DIR (default: .aistack in the repository's root).
          --ephemeral   Keep everything in a temporary folder, on free ports, and remove it at the stop.
          --port N      Serve the API on port N, the Console on N+1, Aspire's dashboard on N+2, and take N+3 to N+5
                        for telemetry (default: 5080 to 5085, or the next ten that are free).
          --samples     Load the sample documents once the stack is ready.
          --engine extractive
                        Answer by quotes, and look for no model server on this machine. Without it, a model of Ollama,
                        LM Studio, llama.cpp or vLLM writes the answers where one runs, unless settings name another.
          --folder DIR  Let sources read DIR and the folders in it; may be there several times.
          --model DIR   Answer with the language model in DIR, a folder of ONNX Runtime GenAI.
          --help        Print this.

        Settings of the host itself, as environment variables or --Section:Key=value arguments:
          ConnectionStrings__aistack, __cache, __blobs     Use these stores instead of starting any.
          LocalModels__Ollama, __LmStudio, ...             Look for that server on this port (0: do not).
          Stores=embedded | containers                     Start stores as (default: containers, if an engine answers).
          Replicas__gateway, __ingest, ...                 Run that many of this service (default: 1).
          Parameters__signing-key, __development-key, ...  Use these secrets instead of generated ones.
          OTEL_EXPORTER_OTLP_ENDPOINT                      Send telemetry there instead of to Aspire's dashboard.

        Aspire's own arguments work too (--operation, --publisher, --step, --output-path, --environment, ...).
        """;

    /// <summary>The engine that quotes.</summary>
    public const string Extractive = "extractive";

    private static readonly HashSet<string> _aspires =
        ["--operation", "--publisher", "--step", "--output-path", "--environment", "--log-level", "--deploy"];

    public string? DataFolder { get; init; }

    public bool IsEphemeral { get; init; }

    public int? Port { get; init; }

    public bool LoadSamples { get; init; }

    /// <summary>The engine that answers, whatever else there is; null to take the best.</summary>
    public string? Engine { get; init; }

    public bool ShowHelp { get; init; }

    /// <summary>Whether Aspire is to describe the system for a deployment, and to start nothing.</summary>
    public bool IsPublishing { get; init; }

    /// <summary>The arguments that Aspire or configuration reads.</summary>
    public IReadOnlyList<string> Rest { get; init; } = [];

    /// <summary>Reads the arguments; refuses an unknown or incomplete one by its name.</summary>
    public static HostArguments Parse(IReadOnlyList<string> args)
    {
        var parsed = new HostArguments();
        List<string> rest = [];
        for (var i = 0; i < args.Count; i++)
        {
            var (name, inline) = Split(args[i]);
            string Value() => inline
                ?? (++i < args.Count ? args[i] : throw new RefusalException($"{name} needs a value."));
            parsed = name switch
            {
                "--data" => parsed with { DataFolder = NotEmpty(name, Value()) },
                "--port" => parsed with { Port = PortNumber(Value()) },
                "--engine" => parsed with { Engine = EngineName(Value()) },
                "--model" => PassOn("--Serving:GenAi:Folder", Folder(name, NotEmpty(name, Value()))),
                "--folder" => PassOn(
                    $"--Ingest:Sources:Folders:{rest.Count}", Folder(name, NotEmpty(name, Value()))),
                "--ephemeral" => Flag(name, inline, parsed with { IsEphemeral = true }),
                "--samples" => Flag(name, inline, parsed with { LoadSamples = true }),
                "--help" or "-h" => parsed with { ShowHelp = true },
                _ when _aspires.Contains(name) => PassOn(name, Value()),
                _ when IsSetting(name) && inline is not null => PassOn(name, inline),
                _ => throw new RefusalException($"Unknown argument '{args[i]}'. --help lists those that exist."),
            };
        }

        return parsed is { IsEphemeral: true, DataFolder: not null }
            ? throw new RefusalException("--data and --ephemeral exclude each other.")
            : parsed with { Rest = rest };

        HostArguments PassOn(string name, string value)
        {
            rest.Add($"{name}={value}");
            return parsed with
            {
                IsPublishing = parsed.IsPublishing
                    || (name, value) is ("--publisher", _) or ("--operation", not "run"),
            };
        }
    }

    private static (string Name, string? Value) Split(string argument)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
    }

    // Section:Key, or a name that is written like an environment variable or a single setting: Stores, NO_COLOR.
    private static bool IsSetting(string name) =>
        name.StartsWith("--", StringComparison.Ordinal)
        && (name.Contains(':', StringComparison.Ordinal) || (name.Length > 2 && char.IsUpper(name[2])));

    private static HostArguments Flag(string name, string? inline, HostArguments parsed) =>
        inline is null ? parsed : throw new RefusalException($"{name} takes no value.");

    private static string NotEmpty(string name, string value) =>
        value.Length > 0 && !value.StartsWith("--", StringComparison.Ordinal)
            ? value
            : throw new RefusalException($"{name} needs a value.");

    private static string EngineName(string value) =>
        value == Extractive
            ? value
            : throw new RefusalException($"--engine can only be '{Extractive}', not '{value}'. Settings name others.");

    private static string Folder(string name, string path) =>
        Directory.Exists(path)
            ? Path.GetFullPath(path)
            : throw new RefusalException($"{name} names a folder that is not there: {Path.GetFullPath(path)}");

    private static int PortNumber(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and <= LocalPorts.LastBase
            ? port
            : throw new RefusalException(
                $"--port must be a number from 1 to {LocalPorts.LastBase}, not '{value}'.");
}
