using AiStack.Console.Telemetry.Traces;

namespace AiStack.Console.Telemetry.Logs;

/// <summary>Whether a record is among those that a query asks for.</summary>
internal readonly struct LogMatch(LogQuery query)
{
    private readonly string? _text = string.IsNullOrWhiteSpace(query.Text) ? null : query.Text.Trim();

    public bool Matches(LogRecord record) =>
        record.SeverityNumber >= (int)query.MinSeverity
        && (query.Service is not { Length: > 0 } service || record.Resource.Service == service)
        && (query.Category is not { Length: > 0 } category || record.Category == category)
        && (query.TraceId is not { Length: > 0 } trace
            || trace.Equals(record.TraceId, StringComparison.OrdinalIgnoreCase))
        && (query.SpanId is not { Length: > 0 } span || span.Equals(record.SpanId, StringComparison.OrdinalIgnoreCase))
        && (query.From is not { } from || record.Time >= from)
        && (query.To is not { } to || record.Time < to)
        && (_text is null || HasText(record, _text));

    private static bool HasText(LogRecord record, string text) =>
        record.Body.Contains(text, StringComparison.OrdinalIgnoreCase)
        || record.Category.Contains(text, StringComparison.OrdinalIgnoreCase)
        || TraceMatch.HasText(record.Attributes, text);
}
