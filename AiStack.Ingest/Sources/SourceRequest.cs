using System.Text.Json;
using AiStack.Contracts;
using AiStack.Ingest.Connectors;

namespace AiStack.Ingest.Sources;

/// <summary>A new source, as an admin writes it.</summary>
/// <param name="Kind">One of <c>GET /api/source-kinds</c>, which also says what its settings are.</param>
/// <param name="Secrets">What it is reached with, by name. They are sealed, and never shown.</param>
/// <param name="Schedule">Cron with five fields, such as <c>0 3 * * *</c>; null reads it by hand alone.</param>
/// <param name="TimeZone">Of the schedule, such as <c>Europe/Berlin</c>; UTC when it is left out.</param>
internal sealed record CreateSourceRequest(
    string? Name,
    string? Kind,
    JsonElement? Settings,
    IReadOnlyDictionary<string, string>? Secrets,
    string? VectorStoreId,
    string? Schedule,
    string? TimeZone,
    bool? Paused);

/// <summary>A change of a source. What it leaves out stays as it is.</summary>
/// <param name="Secrets">
/// They take the place of all that were kept. A change of the settings must bring them again: another place must not be
/// sent what was meant for this one.
/// </param>
/// <param name="TimeZone">Of the schedule.</param>
internal sealed record UpdateSourceRequest(
    string? Name,
    JsonElement? Settings,
    IReadOnlyDictionary<string, string>? Secrets,
    string? TimeZone,
    bool? Paused)
{
    /// <summary>Cron with five fields; null reads it by hand alone.</summary>
    public JsonElement Schedule { get; init; }

    public bool ChangesSchedule => Schedule.ValueKind != JsonValueKind.Undefined;

    public string? ScheduleText => Schedule.ValueKind == JsonValueKind.String ? Schedule.GetString() : null;
}

/// <summary>The checks of what admins write.</summary>
internal static class SourceChecks
{
    private const int MaxName = 200;

    public static Fault? Name(string? name) =>
        string.IsNullOrWhiteSpace(name) || name.Length > MaxName || name.Any(char.IsControl)
            ? Wrong($"'name' must have 1 to {MaxName} characters.", "name")
            : null;

    public static Fault? Kind(SourceKinds kinds, string? name) =>
        name is null || kinds.Find(name) is null
            ? Wrong($"'kind' must be one of: {string.Join(", ", kinds.All.Select(kind => kind.Name))}.", "kind")
            : null;

    public static Fault? Settings(
        IConnectorKind kind, JsonElement? settings, IReadOnlyDictionary<string, string>? secrets) =>
        settings is not { } given
            ? Wrong("'settings' is missing.", "settings")
            : kind.Check(given, secrets ?? new Dictionary<string, string>());

    public static Fault? ScheduleType(UpdateSourceRequest request) =>
        request.Schedule.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.String
            ? null
            : Wrong("'schedule' must be a string, or null.", "schedule");

    public static Fault Wrong(string message, string field) => new(FaultCode.InvalidArgument, message, field);
}
