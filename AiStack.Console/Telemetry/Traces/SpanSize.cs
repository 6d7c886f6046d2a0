namespace AiStack.Console.Telemetry.Traces;

/// <summary>
/// About how much memory a span takes. Values count in full, though most are shared; keys, and what a process says of
/// itself, where they are so long that they are hardly the usual ones, which are shared.
/// </summary>
internal static class SpanSize
{
    private const int SpanBytes = 320;
    private const int PartBytes = 96;
    private const int UsualKeyLength = 64;
    private const int UsualSourceBytes = 1_024;

    public static long Of(Span span)
    {
        var bytes = SpanBytes + Of(span.Attributes) + OfSource(span.Resource, span.Scope)
            + Of(span.Name) + Of(span.StatusMessage) + Of(span.TraceState);
        foreach (var happened in span.Events)
        {
            bytes += PartBytes + Of(happened.Name) + Of(happened.Attributes);
        }

        foreach (var link in span.Links)
        {
            bytes += (2 * PartBytes) + Of(link.Attributes);
        }

        return bytes;
    }

    public static long Of(string? text) => 2L * (text?.Length ?? 0);

    /// <summary>
    /// What a process and its library say of themselves beyond the usual, which may be new each time.
    /// </summary>
    public static long OfSource(TelemetryResource resource, TelemetryScope scope) =>
        Math.Max(0, Of(resource.Attributes) + Of(scope.Name) + Of(scope.Attributes) - UsualSourceBytes);

    public static long Of(TelemetryAttributes attributes)
    {
        var bytes = 0L;
        foreach (var attribute in attributes.AsSpan())
        {
            bytes += 24 + Of(attribute.Value) + (attribute.Key.Length > UsualKeyLength ? Of(attribute.Key) : 0);
        }

        return bytes;
    }
}
