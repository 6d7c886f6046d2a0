using System.Globalization;
using AiStack.Console.Telemetry.Traces;
using AiStack.Console.Telemetry.View;

namespace AiStack.Console.Traces;

/// <summary>Which traces the list shows; it is written in the page's address.</summary>
public sealed record TraceFilter
{
    public const string Path = "traces";

    public string? Service { get; init; }

    public string? Text { get; init; }

    public TimeSpan? Min { get; init; }

    public TimeSpan? Max { get; init; }

    public bool ErrorsOnly { get; init; }

    public bool ModelsOnly { get; init; }

    /// <summary>Only what started within this time before now.</summary>
    public TimeSpan? Window { get; init; }

    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    public bool IsEmpty => this == new TraceFilter();

    /// <summary>Reads an address. What is wrong in it is left out and said in <paramref name="complaints"/>.</summary>
    public static TraceFilter Read(string uri, out IReadOnlyList<string> complaints)
    {
        var query = new QueryText(uri);
        var wrong = new List<string>();
        complaints = wrong;
        return new()
        {
            Service = query["service"],
            Text = query["q"],
            Min = Duration("min"),
            Max = Duration("max"),
            ErrorsOnly = query.Has("errors"),
            ModelsOnly = query.Has("models"),
            Window = Duration("window"),
            From = Moment("from"),
            To = Moment("to"),
        };

        TimeSpan? Duration(string name)
        {
            if (query[name] is not { } text)
            {
                return null;
            }

            if (TimeText.TryParse(text, out var time))
            {
                return time;
            }

            wrong.Add($"“{name}” is “{text}”, which is no length of time: write 250ms, 1.5s or 2m.");
            return null;
        }

        DateTimeOffset? Moment(string name)
        {
            if (query[name] is not { } text)
            {
                return null;
            }

            if (DateTimeOffset.TryParse(
                text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
            {
                return moment;
            }

            wrong.Add($"“{name}” is “{text}”, which is no moment: write 2030-01-31T10:00:00Z.");
            return null;
        }
    }

    public string ToAddress() => QueryText.Address(
        Path,
        ("service", Service),
        ("q", Text),
        ("min", Min is { } min ? TimeText.ToAddress(min) : null),
        ("max", Max is { } max ? TimeText.ToAddress(max) : null),
        ("errors", ErrorsOnly ? "1" : null),
        ("models", ModelsOnly ? "1" : null),
        ("window", Window is { } window ? TimeText.ToAddress(window) : null),
        ("from", From?.ToString("O", CultureInfo.InvariantCulture)),
        ("to", To?.ToString("O", CultureInfo.InvariantCulture)));

    /// <summary>The address of a file with these traces.</summary>
    public string ToExportAddress(DateTimeOffset now)
    {
        var query = ToQuery(now);
        return QueryText.Address(
            "telemetry/export",
            ("signals", "traces"),
            ("service", query.Service),
            ("text", query.Text),
            ("minDurationMs", query.MinDuration?.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)),
            ("maxDurationMs", query.MaxDuration?.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)),
            ("errorsOnly", query.ErrorsOnly ? "true" : null),
            ("modelsOnly", query.ModelsOnly ? "true" : null),
            ("from", query.From?.ToString("O", CultureInfo.InvariantCulture)),
            ("to", query.To?.ToString("O", CultureInfo.InvariantCulture)));
    }

    public TraceQuery ToQuery(DateTimeOffset now) => new()
    {
        Service = Service,
        Text = Text,
        MinDuration = Min,
        MaxDuration = Max,
        ErrorsOnly = ErrorsOnly,
        ModelsOnly = ModelsOnly,
        From = Window is { } window ? Later(now - window, From) : From,
        To = To,
        Limit = TraceQuery.MaxLimit,
    };

    /// <summary>The address that lists the traces in which an attribute has a value.</summary>
    public static string AddressOf(string key, string value) => new TraceFilter { Text = $"{key}={value}" }.ToAddress();

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset? other) => other > one ? other.Value : one;
}
