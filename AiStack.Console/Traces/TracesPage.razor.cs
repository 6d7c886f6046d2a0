using AiStack.Console.Frame;
using AiStack.Console.Telemetry.Traces;
using AiStack.Console.Telemetry.View;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace AiStack.Console.Traces;

/// <summary>The page that lists traces. Its filters are its address; what arrives is pushed to it.</summary>
public sealed partial class TracesPage : IDisposable
{
    /// <summary>As often as somebody reads a list that changes.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private readonly Leaving _leaving = new();
    private readonly ShownTraces _shown = new();
    private TraceFilter _filter = new();
    private IReadOnlyList<string> _complaints = [];
    private ImportResult? _imported;
    private bool _isPaused;
    private bool _isHeld;

    [Inject]
    internal TraceStore Store { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    [Inject]
    internal TimeProvider Time { get; set; } = null!;

    private string Heading => _shown.Matched == 0
        ? "No traces"
        : _filter.IsEmpty ? Words.Count(_shown.Matched, "trace") : $"{Words.Count(_shown.Matched, "trace")} like that";

    private string ExportAddress => _filter.ToExportAddress(Time.GetUtcNow());

    public void Dispose()
    {
        Navigation.LocationChanged -= Moved;
        _leaving.Dispose();
    }

    protected override void OnInitialized()
    {
        Navigation.LocationChanged += Moved;
        ReadAddress();
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
                _shown.Update(Store.Search(Query()), _isPaused || _isHeld);
                StateHasChanged();
                await Task.Delay(_pause, Time, leaving);
            }
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            // The person has left the page.
        }
    }

    private TraceQuery Query() => _filter.ToQuery(Time.GetUtcNow());

    private void ReadAddress()
    {
        _filter = TraceFilter.Read(Navigation.Uri, out _complaints);
        _shown.Update(Store.Search(Query()), isHeld: false);
    }

    private void Moved(object? sender, LocationChangedEventArgs change)
    {
        if (Navigation.ToBaseRelativePath(change.Location).Split('?')[0] == TraceFilter.Path)
        {
            ReadAddress();
            StateHasChanged();
        }
    }

    private void Navigate(TraceFilter filter) => Navigation.NavigateTo(filter.ToAddress());

    private void ChooseDuration((TimeSpan Min, TimeSpan? Max) range) =>
        Navigate(_filter with { Min = range.Min > TimeSpan.Zero ? range.Min : null, Max = range.Max });

    private void Pause(bool isPaused)
    {
        _isPaused = isPaused;
        if (!isPaused)
        {
            _shown.Release();
        }
    }

    // What waits comes in when the pointer has gone, not before.
    private void Hold(bool isHeld)
    {
        _isHeld = isHeld;
        if (!isHeld && !_isPaused)
        {
            _shown.Release();
        }
    }
}
