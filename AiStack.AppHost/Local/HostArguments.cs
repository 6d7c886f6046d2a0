using System.Globalization;

namespace AiStack.AppHost.Local;

/// <summary>A start that a person has to put something right for. Its message is all that is printed.</summary>
internal sealed class RefusalException(string message) : Exception(message);

/// <summary>What was asked for on the command line.</summary>
internal sealed record HostArguments
{
    public const string Usage =
        """
        Usage: dotnet run --project AiStack.AppHost -- [options]

          --data DIR    Keep everything in DIR (default: .aistack in the repository's root).
          --ephemeral   Keep everything in a temporary folder, on free ports, and remove it at the stop.
          --port N      Serve the API on port N and the console on N+1 (default: 5080 and 5081, or free ones
                        when those are taken).
          --samples     Load the sample documents once the stack is ready.
          --help        Print this.

        Settings of the host itself, as environment variables or --Section:Key=value arguments:
          ConnectionStrings__aistack, __cache, __blobs     Use these stores instead of embedded ones.
          Parameters__signing-key, __development-key       Use these secrets instead of generated ones.
          OTEL_EXPORTER_OTLP_ENDPOINT                      Passed on to every service.
        """;

    public string? DataFolder { get; init; }

    public bool IsEphemeral { get; init; }

    public int? Port { get; init; }

    public bool LoadSamples { get; init; }

    public bool ShowHelp { get; init; }

    /// <summary>Reads the arguments; refuses an unknown or incomplete one by its name.</summary>
    public static HostArguments Parse(IReadOnlyList<string> args)
    {
        var parsed = new HostArguments();
        for (var i = 0; i < args.Count; i++)
        {
            var (name, inline) = Split(args[i]);
            string Value() => inline
                ?? (++i < args.Count ? args[i] : throw new RefusalException($"{name} needs a value."));
            parsed = name switch
            {
                "--data" => parsed with { DataFolder = NotEmpty(name, Value()) },
                "--port" => parsed with { Port = PortNumber(Value()) },
                "--ephemeral" => Flag(name, inline, parsed with { IsEphemeral = true }),
                "--samples" => Flag(name, inline, parsed with { LoadSamples = true }),
                "--help" or "-h" => parsed with { ShowHelp = true },
                _ when IsSetting(name) && inline is not null => parsed,
                _ => throw new RefusalException($"Unknown argument '{args[i]}'. --help lists those that exist."),
            };
        }

        return parsed is { IsEphemeral: true, DataFolder: not null }
            ? throw new RefusalException("--data and --ephemeral exclude each other.")
            : parsed;
    }

    private static (string Name, string? Value) Split(string argument)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
    }

    private static bool IsSetting(string name) =>
        name.StartsWith("--", StringComparison.Ordinal) && name.Contains(':', StringComparison.Ordinal);

    private static HostArguments Flag(string name, string? inline, HostArguments parsed) =>
        inline is null ? parsed : throw new RefusalException($"{name} takes no value.");

    private static string NotEmpty(string name, string value) =>
        value.Length > 0 && !value.StartsWith("--", StringComparison.Ordinal)
            ? value
            : throw new RefusalException($"{name} needs a value.");

    private static int PortNumber(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65_535
            ? port
            : throw new RefusalException($"--port must be a number from 1 to 65534, not '{value}'.");
}
