using AiStack.Console.Telemetry.Metrics;

namespace AiStack.Console.Metrics;

/// <summary>Asks the store for what a page shows.</summary>
internal static class MetricReading
{
    /// <summary>
    /// The window of the view's instrument, up to a time; <c>null</c> when the instrument is not kept.
    /// </summary>
    public static MetricWindow? ReadView(this MetricStore store, MetricView view, DateTimeOffset now) =>
        store.Query(view, now) is { } query ? store.Read(query) : null;

    /// <summary>The same, in one bucket for each set of dimensions.</summary>
    public static MetricRows? ReadRows(this MetricStore store, MetricView view, DateTimeOffset now, int max) =>
        store.Query(view, now) is { } query ? store.ReadRows(query with { SplitBy = null, MaxLines = max }) : null;

    private static MetricQuery? Query(this MetricStore store, MetricView view, DateTimeOffset now)
    {
        if (view.Instrument is not { } id)
        {
            return null;
        }

        // What was imported ends where its file ends, however long ago that was.
        var instrument = store.Instruments.FirstOrDefault(instrument => instrument.Id == id);
        var end = instrument is { IsImported: true } ? instrument.LastTime : now;
        var (from, to) = view.Stretch
            ?? (view.Window is { } window ? end - window : instrument?.FirstTime ?? end - MetricWindows.Default, end);
        return new()
        {
            Instrument = id,
            From = from,
            To = to,
            Step = MetricWindows.Step(to - from),
            Where = view.Where,
            SplitBy = view.SplitBy,
            MaxLines = MetricChart.MaxLines,
        };
    }
}
