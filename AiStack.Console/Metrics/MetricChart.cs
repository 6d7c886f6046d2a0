using AiStack.Console.Charts;
using AiStack.Console.Telemetry.Metrics;

namespace AiStack.Console.Metrics;

/// <summary>A window as a chart shows it.</summary>
/// <param name="Unit">Of the values; of rates it ends in <c>/s</c>.</param>
/// <param name="Caption">What the lines are.</param>
internal sealed record MetricChart(ChartContent Content, string Unit, string Caption)
{
    /// <summary>As many lines as there are colours.</summary>
    public const int MaxLines = 8;

    private const string Nothing = "(none)";

    private static readonly MetricMeasure[] _percentiles =
        [MetricMeasure.P50, MetricMeasure.P90, MetricMeasure.P95, MetricMeasure.P99];

    public static MetricChart Of(MetricWindow window, MetricMeasure measure)
    {
        var instrument = window.Instrument;
        var isSplit = window.Lines.Any(line => line.Label is not null);
        var drawn = !instrument.IsHistogram ? MetricMeasure.Rate
            : isSplit && measure == MetricMeasure.Percentiles ? MetricMeasure.P95
            : measure;
        IEnumerable<ChartSeries> series = drawn == MetricMeasure.Percentiles
            ? window.Lines.SelectMany(line => _percentiles.Select(
                one => new ChartSeries(MetricMeasures.Name(one), MetricMeasures.Of(line, one))))
            : window.Lines.Select(
                line => new ChartSeries(Label(line, instrument, drawn), MetricMeasures.Of(line, drawn)));
        var isOfValues = instrument.IsHistogram && drawn != MetricMeasure.Rate;
        return new(
            new(
                [.. window.Starts.Select(start => start.ToUnixTimeMilliseconds() / 1_000.0)],
                [.. series],
                isOfValues ? [.. window.Exemplars.Where(HasTrace).Select(Mark)] : null),
            isOfValues || !instrument.IsRate ? instrument.Unit : RateUnit(instrument),
            isOfValues ? MetricMeasures.Title(drawn) : instrument.IsRate ? "Per second" : "Value");
    }

    public static bool HasTrace(Exemplar exemplar) => exemplar.TraceId is { Length: > 0 };

    /// <summary>The page of the trace in which something was measured.</summary>
    public static string TraceAddress(Exemplar exemplar) => $"traces/{exemplar.TraceId}";

    /// <summary>The unit of how many, or how much, each second.</summary>
    public static string RateUnit(Instrument instrument) =>
        instrument.IsHistogram ? "{}/s" : instrument.Unit is "" or "1" ? "{}/s" : $"{instrument.Unit}/s";

    private static string Label(MetricLine line, Instrument instrument, MetricMeasure drawn) => line.Label switch
    {
        null => instrument.IsHistogram ? MetricMeasures.Name(drawn) : instrument.IsRate ? "per second" : "value",
        "" => Nothing,
        var label => label,
    };

    private static ChartMark Mark(Exemplar exemplar) => new(
        exemplar.Time.ToUnixTimeMilliseconds() / 1_000.0, exemplar.Value, "Trace", TraceAddress(exemplar));
}
