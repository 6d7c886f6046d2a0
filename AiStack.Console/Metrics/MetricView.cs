using System.Globalization;
using AiStack.Console.Telemetry.Metrics;
using Microsoft.AspNetCore.WebUtilities;

namespace AiStack.Console.Metrics;

/// <summary>
/// What the page shows. All of it is in the page's address, so that it can be shared, and the back button goes back.
/// What an address gets wrong is left out.
/// </summary>
public sealed record MetricView
{
    /// <summary>More charts than these nobody compares.</summary>
    public const int MaxPins = 8;

    /// <summary>More conditions than these no instrument has dimensions for.</summary>
    private const int MaxConditions = 200;

    public InstrumentId? Instrument { get; init; }

    /// <summary>How far back; <c>null</c> is everything that is kept.</summary>
    public TimeSpan? Window { get; init; } = MetricWindows.Default;

    /// <summary>A stretch that was marked in a chart; <c>null</c> is the time up to now.</summary>
    public (DateTimeOffset From, DateTimeOffset To)? Stretch { get; init; }

    public string? SplitBy { get; init; }

    public MetricMeasure Measure { get; init; }

    /// <summary>Only these values of a dimension; an empty text stands for not having it.</summary>
    public IReadOnlyDictionary<string, IReadOnlyCollection<string>> Where { get; init; } =
        new Dictionary<string, IReadOnlyCollection<string>>();

    /// <summary>Instruments that are shown side by side.</summary>
    public IReadOnlyList<InstrumentId> Pins { get; init; } = [];

    public string Address => QueryHelpers.AddQueryString("metrics", Parameters().Select(
        parameter => KeyValuePair.Create(parameter.Key, (string?)parameter.Value)));

    /// <summary>The same with a value of a dimension chosen, or not.</summary>
    public MetricView With(string key, string value, bool isChosen)
    {
        var values = Where.GetValueOrDefault(key, []).Where(other => other != value);
        return WithOnly(key, isChosen ? [.. values, value] : [.. values]);
    }

    /// <summary>The same with just these values of a dimension; none are all.</summary>
    public MetricView WithOnly(string key, IReadOnlyCollection<string> values)
    {
        var where = new Dictionary<string, IReadOnlyCollection<string>>(Where);
        where.Remove(key);
        if (values.Count > 0)
        {
            where[key] = values;
        }

        return this with { Where = where };
    }

    /// <summary>Reads an address, its part from the question mark on.</summary>
    public static MetricView Parse(string query)
    {
        var parameters = QueryHelpers.ParseQuery(query);
        string? One(string key) => parameters.TryGetValue(key, out var values) ? values.FirstOrDefault() : null;
        IEnumerable<string> Many(string key) =>
            parameters.TryGetValue(key, out var values) ? values.OfType<string>() : [];

        var (from, to) = (MetricWindows.Moment(One("from")), MetricWindows.Moment(One("to")));
        return new()
        {
            Instrument = One("name") is { Length: > 0 } name
                ? new(One("service") ?? "", One("meter") ?? "", name, One("imported") == "true")
                : null,
            Window = MetricWindows.Parse(One("window")),
            Stretch = from < to ? (from.Value, to.Value) : null,
            SplitBy = Frame.Words.Trimmed(One("split")),
            Measure = MetricMeasures.Parse(One("show")),
            Where = Many("where").Take(MaxConditions).Select(Condition).OfType<(string Key, string Value)>()
                .GroupBy(pair => pair.Key, pair => pair.Value)
                .ToDictionary(group => group.Key, group => (IReadOnlyCollection<string>)[.. group.Distinct()]),
            Pins = [.. Many("pin").Select(Pin).OfType<InstrumentId>().Distinct().Take(MaxPins)],
        };
    }

    // "key=value"; keys of OpenTelemetry have no equals sign.
    private static (string Key, string Value)? Condition(string text) =>
        text.IndexOf('=', StringComparison.Ordinal) is > 0 and var end ? (text[..end], text[(end + 1)..]) : null;

    private static InstrumentId? Pin(string text) =>
        text.Split('|') is [var service, var meter, { Length: > 0 } name] ? new(service, meter, name) : null;

    private IEnumerable<KeyValuePair<string, string>> Parameters()
    {
        if (Instrument is { } instrument)
        {
            yield return new("service", instrument.Service);
            yield return new("meter", instrument.Scope);
            yield return new("name", instrument.Name);
            if (instrument.IsImported)
            {
                yield return new("imported", "true");
            }
        }

        if (Window != MetricWindows.Default)
        {
            yield return new("window", MetricWindows.Name(Window));
        }

        if (Stretch is var (from, to))
        {
            yield return new("from", Seconds(from));
            yield return new("to", Seconds(to));
        }

        if (Measure != MetricMeasure.Percentiles)
        {
            yield return new("show", MetricMeasures.Name(Measure));
        }

        if (SplitBy is not null)
        {
            yield return new("split", SplitBy);
        }

        foreach (var (key, value) in Where.SelectMany(pair => pair.Value.Select(value => (pair.Key, value))))
        {
            yield return new("where", $"{key}={value}");
        }

        foreach (var pin in Pins)
        {
            yield return new("pin", $"{pin.Service}|{pin.Scope}|{pin.Name}");
        }
    }

    private static string Seconds(DateTimeOffset moment) =>
        (moment.ToUnixTimeMilliseconds() / 1_000.0).ToString("0.###", CultureInfo.InvariantCulture);
}
