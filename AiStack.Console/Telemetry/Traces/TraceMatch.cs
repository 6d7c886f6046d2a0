namespace AiStack.Console.Telemetry.Traces;

/// <summary>Whether a trace is among those that a query asks for.</summary>
internal readonly struct TraceMatch(TraceQuery query)
{
    private readonly string? _text = string.IsNullOrWhiteSpace(query.Text) ? null : query.Text.Trim();

    public bool Matches(TraceSnapshot trace)
    {
        var summary = trace.Summary;
        return (query.From is not { } from || summary.Start >= from)
            && (query.To is not { } to || summary.Start < to)
            && (query.MinDuration is not { } min || summary.Duration >= min)
            && (query.MaxDuration is not { } max || summary.Duration <= max)
            && (!query.ErrorsOnly || summary.ErrorCount > 0)
            && (!query.ModelsOnly || summary.Models is not null)
            && (query.Service is not { Length: > 0 } service || summary.Services.Contains(service))
            && (_text is null || HasText(trace, _text));
    }

    private static bool HasText(TraceSnapshot trace, string text)
    {
        if (trace.Trace.TraceId.Equals(text, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        foreach (var span in trace.Spans)
        {
            if (Has(span.Name, text) || Has(span.StatusMessage, text) || HasText(span.Attributes, text)
                || span.SpanId.Equals(text, StringComparison.OrdinalIgnoreCase)
                || span.Events.Any(happened => Has(happened.Name, text) || HasText(happened.Attributes, text)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a value has the text, or, for <c>key=part</c>, the key's value has the part.</summary>
    public static bool HasText(TelemetryAttributes attributes, string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        foreach (var attribute in attributes.AsSpan())
        {
            if (Has(attribute.Value, text)
                || (equals > 0 && text.AsSpan(0, equals).SequenceEqual(attribute.Key)
                    && attribute.Value.AsSpan().Contains(text.AsSpan(equals + 1), StringComparison.OrdinalIgnoreCase)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Has(string? value, string text) =>
        value?.Contains(text, StringComparison.OrdinalIgnoreCase) == true;
}
