namespace AiStack.Console.Telemetry;

/// <summary>
/// The process that reported: its service, which of the service's instances, and everything else it says of itself.
/// </summary>
/// <param name="Service"><c>service.name</c>, or <c>unknown_service</c>.</param>
/// <param name="Instance"><c>service.instance.id</c>.</param>
public sealed record TelemetryResource(string Service, string? Instance, TelemetryAttributes Attributes)
{
    /// <summary>What OpenTelemetry calls a service that doesn't say its name.</summary>
    public const string UnknownService = "unknown_service";

    /// <summary>Whether this came from an imported file and not from a running service.</summary>
    public bool IsImported { get; init; }

    /// <summary>
    /// Whether both read the same clock: the same process, or processes of one host (<c>host.name</c>). Of others
    /// nothing is known.
    /// </summary>
    public bool SharesClockWith(TelemetryResource other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return ReferenceEquals(this, other)
            || (Attributes["host.name"] is { } host
                ? host == other.Attributes["host.name"]
                : Service == other.Service && Instance == other.Instance);
    }
}

/// <summary>The library, or the part of a program, that reported.</summary>
public sealed record TelemetryScope(string Name, string? Version = null, TelemetryAttributes Attributes = default)
{
    public static TelemetryScope None { get; } = new("");
}
