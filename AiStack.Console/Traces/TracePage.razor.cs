using AiStack.Console.Frame;
using AiStack.Console.Telemetry.Logs;
using AiStack.Console.Telemetry.Traces;
using AiStack.Console.Telemetry.View;
using Microsoft.AspNetCore.Components;

namespace AiStack.Console.Traces;

/// <summary>
/// The page of one trace: its waterfall, and the details of the span that is open. A trace that grows is drawn anew.
/// </summary>
public sealed partial class TracePage : IDisposable
{
    /// <summary>A trace of many thousand spans takes a moment to arrange, and nobody reads faster.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private readonly Leaving _leaving = new();
    private Waterfall _waterfall = new();
    private WaterfallView? _view;
    private CriticalPath? _path;
    private TraceRow? _opened;
    private IReadOnlyList<Span> _linked = [];
    private string? _shownId;
    private string? _shownSpan;
    private int _logCount;
    private bool _takesFocus;

    [Parameter]
    public required string TraceId { get; set; }

    /// <summary>The span whose details are open.</summary>
    [SupplyParameterFromQuery(Name = "span")]
    public string? SpanId { get; set; }

    [Inject]
    internal TraceStore Store { get; set; } = null!;

    [Inject]
    internal LogStore Logs { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    [Inject]
    internal TimeProvider Time { get; set; } = null!;

    private Trace? Trace => _waterfall.Trace;

    /// <summary>The address of a trace, or of a span in it.</summary>
    public static string AddressOf(string traceId, string? spanId = null) =>
        QueryText.Address($"traces/{Uri.EscapeDataString(traceId)}", ("span", spanId));

    public void Dispose() => _leaving.Dispose();

    protected override void OnParametersSet()
    {
        if (_shownId != TraceId)
        {
            (_waterfall, _path, _opened, _shownId, _shownSpan) = (new(), null, null, TraceId, null);
            Look();
        }

        OpenAsked();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await WatchAsync(_leaving.Token);
        }
    }

    private async Task WatchAsync(CancellationToken leaving)
    {
        try
        {
            await foreach (var _ in Store.Changes.WatchAsync(leaving))
            {
                if (Look())
                {
                    OpenAsked();
                    StateHasChanged();
                }

                await Task.Delay(_pause, Time, leaving);
            }
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            // The person has left the page.
        }
    }

    /// <summary>Takes the trace as it is now; false when it is as it was.</summary>
    private bool Look()
    {
        var id = Normal(TraceId);
        var (logs, linked) =
            (Logs.Read(new LogQuery { TraceId = id, Limit = LogQuery.MaxLimit }).Records.Count, Store.LinkedTo(id));
        var isSame = logs == _logCount && linked.Count == _linked.Count;
        (_logCount, _linked) = (logs, linked);
        if (Store.Summary(id)?.SpanCount == Trace?.Rows.Count || Store.Find(id) is not { } trace)
        {
            return !isSame;
        }

        _waterfall.Show(trace);
        _path = _path is null ? null : CriticalPath.Through(trace);
        _opened = _opened is null ? null : trace.Rows.FirstOrDefault(row => row.Span.SpanId == _opened.Span.SpanId);
        return true;
    }

    // The address can name a span that arrives later than the page is opened.
    private void OpenAsked()
    {
        if (SpanId != _shownSpan && Trace is not null)
        {
            if (SpanId is null)
            {
                (_opened, _shownSpan) = (null, null);
            }
            else if (_waterfall.GoTo(SpanId))
            {
                (_opened, _shownSpan) = (_waterfall.Current, SpanId);
            }
        }
    }

    private void Open(TraceRow row)
    {
        (_opened, _takesFocus) = (row, true);
        RememberInAddress(row.Span.SpanId);
    }

    // Open details follow the current row; the address does so too, but the focus stays in the rows.
    private void Follow(TraceRow row)
    {
        if (_opened is not null && !ReferenceEquals(_opened, row))
        {
            (_opened, _takesFocus) = (row, false);
            RememberInAddress(row.Span.SpanId);
        }
    }

    private async Task CloseAsync()
    {
        _opened = null;
        RememberInAddress(null);
        await (_view?.FocusAsync() ?? ValueTask.CompletedTask);
    }

    private void RememberInAddress(string? spanId)
    {
        _shownSpan = spanId;
        Navigation.NavigateTo(AddressOf(TraceId, spanId), new NavigationOptions { ReplaceHistoryEntry = true });
    }

    private void Zoom(TraceRow row) => _waterfall.ZoomTo(_waterfall.IsZoomed ? null : row);

    private void ShowPath(bool isShown) => _path = isShown && Trace is { } trace ? CriticalPath.Through(trace) : null;

    private static string Normal(string traceId) => traceId.Trim().ToLowerInvariant();
}
