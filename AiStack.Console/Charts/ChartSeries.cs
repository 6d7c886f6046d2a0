namespace AiStack.Console.Charts;

/// <summary>How a series is drawn.</summary>
public enum ChartShape
{
    Line,
    Area,
    Bars,
}

/// <summary>One series of a chart: a value for each of the chart's times, <c>null</c> where there is none.</summary>
public sealed record ChartSeries(string Label, IReadOnlyList<double?> Values, ChartShape Shape = ChartShape.Line);

/// <summary>A single thing worth opening: a measurement that an exemplar names, or an event.</summary>
/// <param name="Time">Seconds since 1970.</param>
/// <param name="Href">Where a press on it leads.</param>
public sealed record ChartMark(double Time, double Value, string Label, string Href);

/// <summary>What a chart shows.</summary>
/// <param name="Times">Seconds since 1970, ascending; or, with <paramref name="Names"/>, 0, 1, 2…</param>
/// <param name="Names">The places of the horizontal axis when it is not time, such as the bars of a histogram.</param>
public sealed record ChartContent(
    IReadOnlyList<double> Times,
    IReadOnlyList<ChartSeries> Series,
    IReadOnlyList<ChartMark>? Marks = null,
    IReadOnlyList<string>? Names = null)
{
    public static ChartContent Empty { get; } = new([], []);

    public bool HasValues => Series.Any(series => series.Values.Any(value => value is not null));
}
