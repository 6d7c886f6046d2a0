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

/// <summary>What a chart shows.</summary>
/// <param name="Times">Seconds since 1970, ascending.</param>
public sealed record ChartContent(IReadOnlyList<double> Times, IReadOnlyList<ChartSeries> Series)
{
    public static ChartContent Empty { get; } = new([], []);

    public bool HasValues => Series.Any(series => series.Values.Any(value => value is not null));
}
