namespace AiStack.Console.Telemetry.Traces;

/// <summary>
/// About how much memory a span takes. Texts count in full, though most are shared, so that the sum is never too low.
/// </summary>
internal static class SpanSize
{
    private const int SpanBytes = 320;
    private const int PartBytes = 96;

    public static long Of(Span span)
    {
        var bytes = SpanBytes + Of(span.Attributes) + (2L * (span.Name.Length + (span.StatusMessage?.Length ?? 0)));
        foreach (var happened in span.Events)
        {
            bytes += PartBytes + (2L * happened.Name.Length) + Of(happened.Attributes);
        }

        foreach (var link in span.Links)
        {
            bytes += (2 * PartBytes) + Of(link.Attributes);
        }

        return bytes;
    }

    public static long Of(TelemetryAttributes attributes)
    {
        var bytes = 0L;
        foreach (var attribute in attributes.AsSpan())
        {
            bytes += 24 + (2L * attribute.Value.Length);
        }

        return bytes;
    }
}
