using AiStack.Console.Telemetry.Logs;
using AiStack.Console.Telemetry.View;

namespace AiStack.Console.StructuredLogs;

/// <summary>Which log records the page shows; it is written in the page's address.</summary>
public sealed record LogFilter
{
    public const string Path = "logs";

    public string? Service { get; init; }

    /// <summary>This severity or worse.</summary>
    public LogSeverity MinSeverity { get; init; }

    public string? Text { get; init; }

    public string? TraceId { get; init; }

    public string? SpanId { get; init; }

    public string? Category { get; init; }

    public bool IsEmpty => this == new LogFilter();

    /// <summary>Reads an address. What is wrong in it is left out and said in <paramref name="complaint"/>.</summary>
    public static LogFilter Read(string uri, out string? complaint)
    {
        var query = new QueryText(uri);
        var level = query["level"];
        var isLevel = Enum.TryParse<LogSeverity>(level, ignoreCase: true, out var severity) && Enum.IsDefined(severity);
        complaint = level is null || isLevel
            ? null
            : $"“level” is “{level}”, which is no level: {string.Join(", ", Enum.GetNames<LogSeverity>().Skip(1))}.";
        return new()
        {
            Service = query["service"],
            MinSeverity = isLevel ? severity : LogSeverity.Unspecified,
            Text = query["q"],
            TraceId = query["trace"],
            SpanId = query["span"],
            Category = query["category"],
        };
    }

    public string ToAddress() => QueryText.Address(
        Path,
        ("service", Service),
        ("level", MinSeverity == LogSeverity.Unspecified ? null : MinSeverity.ToString()),
        ("q", Text),
        ("trace", TraceId),
        ("span", SpanId),
        ("category", Category));

    /// <summary>The address of a file with these records; of a trace, with its spans.</summary>
    public string ToExportAddress() => QueryText.Address(
        "telemetry/export",
        ("signals", "logs"),
        ("trace", TraceId),
        ("service", Service),
        ("text", Text),
        ("category", Category),
        ("minSeverity", MinSeverity == LogSeverity.Unspecified ? null : MinSeverity.ToString()));

    public LogQuery ToQuery() => new()
    {
        Service = Service,
        MinSeverity = MinSeverity,
        Text = Text,
        TraceId = TraceId,
        SpanId = SpanId,
        Category = Category,
        Limit = LogQuery.MaxLimit,
    };
}
