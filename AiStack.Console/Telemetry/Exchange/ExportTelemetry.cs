using System.Text.Json;
using AiStack.Console.Telemetry.Logs;
using AiStack.Console.Telemetry.Metrics;
using AiStack.Console.Telemetry.Traces;
using Microsoft.AspNetCore.Mvc;

namespace AiStack.Console.Telemetry.Exchange;

/// <summary>
/// What a download asks for. Without <c>trace</c>: all of the <c>signals</c> (<c>traces,logs,metrics</c>; all three
/// where it is left out) that the other parameters don't rule out.
/// </summary>
internal sealed record ExportRequest(
    [FromQuery] string? Trace,
    [FromQuery] string? Signals,
    [FromQuery] string? Service,
    [FromQuery] string? Text,
    [FromQuery] string? Category,
    [FromQuery] double? MinDurationMs,
    [FromQuery] double? MaxDurationMs,
    [FromQuery] bool? ErrorsOnly,
    [FromQuery] bool? ModelsOnly,
    [FromQuery] DateTimeOffset? From,
    [FromQuery] DateTimeOffset? To,
    [FromQuery] LogSeverity? MinSeverity)
{
    public TelemetrySelection ToSelection()
    {
        if (Trace is { Length: > 0 })
        {
            return TelemetrySelection.Trace(Trace);
        }

        var traces = new TraceQuery
        {
            Service = Service,
            Text = Text,
            ErrorsOnly = ErrorsOnly == true,
            ModelsOnly = ModelsOnly == true,
            MinDuration = Milliseconds(MinDurationMs),
            MaxDuration = Milliseconds(MaxDurationMs),
            From = From,
            To = To,
        };
        var logs = new LogQuery
        {
            Service = Service, Text = Text, Category = Category,
            MinSeverity = MinSeverity ?? default, From = From, To = To,
        };
        return new(
            Has("traces") ? traces : null,
            Has("logs") ? logs : null,
            Has("metrics") ? instrument => string.IsNullOrEmpty(Service) || instrument.Service == Service : null);
    }

    private static TimeSpan? Milliseconds(double? number) =>
        number is > 0 and < 1e12 ? TimeSpan.FromMilliseconds(number.Value) : null;

    private bool Has(string signal) =>
        string.IsNullOrEmpty(Signals)
            || Signals.Split(',', StringSplitOptions.TrimEntries).Contains(signal, StringComparer.Ordinal);
}

/// <summary>Writes telemetry as OTLP/JSON, which other tools read too, into one file.</summary>
internal sealed class ExportTelemetry(TraceStore traces, LogStore logs, MetricStore metrics, TimeProvider time)
{
    /// <summary>Bytes that are collected before they are sent on.</summary>
    private const int FlushBytes = 64 << 10;

    public static async Task HandleAsync(
        HttpContext context,
        [AsParameters] ExportRequest request,
        ExportTelemetry export,
        CancellationToken cancellationToken)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{export.FileName(request.Trace)}\"";
        await export.RunAsync(request.ToSelection(), context.Response.Body, cancellationToken);
    }

    /// <summary>Writes the selection. What arrives meanwhile may be in it or not.</summary>
    public async Task RunAsync(TelemetrySelection selection, Stream file, CancellationToken cancellationToken)
    {
        await using var json = new Utf8JsonWriter(file);
        json.WriteStartObject();
        if (selection.Traces is { } traceQuery)
        {
            await WriteAsync(
                json, "resourceSpans", "scopeSpans", "spans",
                traces.Matching(traceQuery).SelectMany(summary => traces.Spans(summary.TraceId)),
                span => (span.Resource, span.Scope), OtlpJson.WriteSpan, cancellationToken);
        }

        if (selection.Logs is { } logQuery)
        {
            await WriteAsync(
                json, "resourceLogs", "scopeLogs", "logRecords",
                AllLogs(logQuery),
                record => (record.Resource, record.Scope), OtlpJson.WriteLog, cancellationToken);
        }

        if (selection.Metrics is { } isChosen)
        {
            await WriteAsync(
                json, "resourceMetrics", "scopeMetrics", "metrics",
                metrics.Copy(isChosen),
                series => (series.Resource, new TelemetryScope(series.Instrument.Scope)),
                OtlpMetricJson.Write, cancellationToken);
        }

        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
    }

    private string FileName(string? trace) => trace is { Length: > 0 } && trace.All(char.IsAsciiLetterOrDigit)
        ? $"trace-{trace}.json"
        : $"telemetry-{time.GetUtcNow():yyyyMMdd-HHmmss}.json";

    // The oldest first, as logs are read elsewhere.
    private IEnumerable<LogRecord> AllLogs(LogQuery query)
    {
        var pages = new Stack<LogPage>();
        var page = logs.Read(query with { Limit = LogQuery.MaxLimit });
        pages.Push(page);
        while (page.HasMore)
        {
            page = logs.Read(query with { Limit = LogQuery.MaxLimit }, page.Records[^1].Sequence);
            pages.Push(page);
        }

        return pages.SelectMany(each => each.Records.Reverse());
    }

    private static async Task WriteAsync<TItem>(
        Utf8JsonWriter json,
        string resources,
        string scopes,
        string items,
        IEnumerable<TItem> all,
        Func<TItem, (TelemetryResource Resource, TelemetryScope Scope)> origin,
        Action<Utf8JsonWriter, TItem> write,
        CancellationToken cancellationToken)
    {
        json.WriteStartArray(resources);
        foreach (var resource in all.GroupBy(item => origin(item).Resource))
        {
            json.WriteStartObject();
            OtlpJson.WriteResource(json, resource.Key);
            json.WriteStartArray(scopes);
            foreach (var scope in resource.GroupBy(item => origin(item).Scope))
            {
                json.WriteStartObject();
                OtlpJson.WriteScope(json, scope.Key);
                json.WriteStartArray(items);
                foreach (var item in scope)
                {
                    write(json, item);
                    if (json.BytesPending > FlushBytes)
                    {
                        await json.FlushAsync(cancellationToken);
                    }
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
