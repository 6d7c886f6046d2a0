using System.Globalization;

namespace AiStack.AppHost.Supervision;

internal static class SnapshotExtensions
{
    private static readonly string[] _ids = ["executable.pid", "container.id"];

    /// <summary>The id of the resource's process, or of its container, as text; null while it has none.</summary>
    public static string? ProcessId(this CustomResourceSnapshot snapshot) =>
        Convert.ToString(
            snapshot.Properties.FirstOrDefault(property => _ids.Contains(property.Name))?.Value,
            CultureInfo.InvariantCulture) is { Length: > 0 } id ? id : null;

    /// <summary>Whether it has ended, well or not.</summary>
    public static bool HasEnded(this CustomResourceSnapshot snapshot) =>
        snapshot.State?.Text is { } state && KnownResourceStates.TerminalStates.Contains(state);
}
