using AiStack.Console.Frame;
using AiStack.Console.Telemetry.Metrics;
using Microsoft.AspNetCore.Components;

namespace AiStack.Console.Metrics;

/// <summary>One instrument, looked at closely.</summary>
public sealed partial class InstrumentPanel
{
    /// <summary>More rows than these nobody reads; filters say which.</summary>
    private const int MaxRows = 50;

    private IReadOnlyList<Dimension> _dimensions = [];
    private MetricWindow? _window;
    private MetricRows? _rows;
    private MetricChart? _chart;
    private MetricChart? _rates;

    [Parameter, EditorRequired]
    public required MetricView View { get; set; }

    /// <summary>Until when the chart goes.</summary>
    [Parameter, EditorRequired]
    public required DateTimeOffset Now { get; set; }

    /// <summary>Told of a stretch of time that was marked in the chart.</summary>
    [Parameter]
    public EventCallback<(DateTimeOffset From, DateTimeOffset To)> OnStretch { get; set; }

    [Inject]
    internal MetricStore Store { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    private InstrumentId Id => View.Instrument!;

    private bool IsPinned => View.Pins.Contains(Id);

    private string PinAddress => (View with
    {
        Pins = IsPinned
            ? [.. View.Pins.Where(pin => pin != Id)]
            : [.. View.Pins.TakeLast(MetricView.MaxPins - 1), Id],
    }).Address;

    protected override void OnParametersSet()
    {
        _window = Store.ReadView(View, Now);
        if (_window is not { } window)
        {
            return;
        }

        _dimensions = Store.Dimensions(Id);
        _rows = Store.ReadRows(View, Now, MaxRows);
        _chart = MetricChart.Of(window, View.Measure);
        _rates = window.Instrument.IsHistogram && View.Measure != MetricMeasure.Rate
            ? MetricChart.Of(window, MetricMeasure.Rate)
            : null;
    }

    private static string Facts(Instrument instrument)
    {
        var kind = instrument.Kind switch
        {
            InstrumentKind.Gauge => "gauge",
            InstrumentKind.Sum => instrument.IsMonotonic ? "counter" : "up-down counter",
            InstrumentKind.Histogram => "histogram",
            _ => "exponential histogram",
        };
        var unit = instrument.Unit.Trim('{', '}');
        string[] facts =
        [
            instrument.Service,
            instrument.Scope,
            kind,
            unit is "" or "1" ? "no unit" : $"in {unit}",
            Words.Count(instrument.SeriesCount, "set") + " of dimensions",
        ];
        return string.Join(" · ", facts.Where(fact => fact.Length > 0));
    }

    private void ChooseMeasure(ChangeEventArgs change) =>
        Navigation.NavigateTo((View with { Measure = MetricMeasures.Parse((string?)change.Value) }).Address);

    private void ChooseSplit(ChangeEventArgs change) =>
        Navigation.NavigateTo((View with { SplitBy = Words.Trimmed((string?)change.Value) }).Address);

    private Task MarkAsync((double From, double To) marked) => OnStretch.InvokeAsync(
        (DateTimeOffset.FromUnixTimeMilliseconds((long)(marked.From * 1_000)),
         DateTimeOffset.FromUnixTimeMilliseconds((long)(marked.To * 1_000))));
}
