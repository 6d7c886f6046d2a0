using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using AiStack.Console.Frame;

namespace AiStack.Console.Charts;

/// <summary>Draws series over time. New content is drawn in place, without flicker.</summary>
public sealed partial class Chart : IAsyncDisposable
{
    private ElementReference _area;
    private IJSObjectReference? _script;
    private IJSObjectReference? _chart;
    private ChartContent? _drawn;
    private bool _isGone;

    /// <summary>What the chart is of, for those who cannot see it.</summary>
    [Parameter, EditorRequired]
    public required string Label { get; set; }

    [Parameter, EditorRequired]
    public required ChartContent Content { get; set; }

    /// <summary>The unit of the values, by UCUM: <c>s</c>, <c>{token}</c>, <c>%</c>.</summary>
    [Parameter]
    public string? Unit { get; set; }

    /// <summary>The line above the chart; the label alone is not shown.</summary>
    [Parameter]
    public string? Caption { get; set; }

    [Parameter]
    public int Height { get; set; } = 220;

    /// <summary>True for a line without axes, in a row of a table.</summary>
    [Parameter]
    public bool IsSpark { get; set; }

    /// <summary>True when the series add up, one on top of the other.</summary>
    [Parameter]
    public bool IsStacked { get; set; }

    [Parameter]
    public string EmptyText { get; set; } = "Nothing was measured in this time.";

    [Inject]
    internal IJSRuntime Scripts { get; set; } = null!;

    [Inject]
    internal PersonalClock Clock { get; set; } = null!;

    private string Description => Content.HasValues
        ? $"{Label}: {string.Join(", ", Content.Series.Select(Latest))}"
        : $"{Label}: {EmptyText}";

    public async ValueTask DisposeAsync()
    {
        _isGone = true;
        try
        {
            await (_chart?.InvokeVoidAsync("dispose") ?? ValueTask.CompletedTask);
        }
        catch (JSDisconnectedException)
        {
            // The page is closed, and the chart with it.
        }

        await _chart.DisposeQuietlyAsync();
        await _script.DisposeQuietlyAsync();
    }

    protected override bool ShouldRender() => !ReferenceEquals(_drawn, Content) || _chart is null;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _script = await Scripts.InvokeAsync<IJSObjectReference>("import", "./Charts/Chart.razor.js");
            if (_isGone)
            {
                // The person left while the script was on its way.
                await _script.DisposeQuietlyAsync();
                return;
            }

            _chart = await _script.InvokeAsync<IJSObjectReference>("create", _area, Settings());
        }

        if (_chart is not null && !_isGone && !ReferenceEquals(_drawn, Content))
        {
            _drawn = Content;
            await _chart.InvokeVoidAsync("show", Content);
        }
    }

    private object Settings() => new
    {
        Unit,
        Height,
        IsSpark,
        IsStacked,
        Zone = Clock.ZoneId,
    };

    private string Latest(ChartSeries series) =>
        $"{series.Label} {ChartValue.Text(series.Values.LastOrDefault(value => value is not null), Unit)}";
}
