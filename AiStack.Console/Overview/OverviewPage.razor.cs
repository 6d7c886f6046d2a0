using AiStack.Console.Alerts;
using AiStack.Console.Frame;
using AiStack.Console.Start;
using AiStack.Console.Telemetry.Metrics;
using Microsoft.AspNetCore.Components;

namespace AiStack.Console.Overview;

/// <summary>The first page: whether all is well, how busy it is, what is there, and what to do next.</summary>
public sealed partial class OverviewPage : IDisposable
{
    /// <summary>New numbers come at most this often, however fast services report.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    /// <summary>Costs are counted by the database, so they are asked for less often.</summary>
    private static readonly TimeSpan _costPause = TimeSpan.FromSeconds(15);

    private readonly Leaving _leaving = new();
    private StackFindings _findings = StackFindings.None;
    private IReadOnlyList<Tile> _tiles = [];
    private IReadOnlyList<Alert> _alerts = [];
    private Tile? _cost;
    private bool _isInUse;

    [Inject]
    internal StackWatch Watch { get; set; } = null!;

    [Inject]
    internal VitalSigns Vitals { get; set; } = null!;

    [Inject]
    internal AlertBoard Board { get; set; } = null!;

    [Inject]
    internal QualityWatch Quality { get; set; } = null!;

    [Inject]
    internal CostTile Cost { get; set; } = null!;

    [Inject]
    internal MetricStore Metrics { get; set; } = null!;

    private string Greeting => _findings.Layers.All(layer => layer.IsReachable)
        ? "Your AI stack"
        : "Part of the stack is not answering";

    public void Dispose() => _leaving.Dispose();

    protected override void OnInitialized() => Show();

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await Task.WhenAll(
                FollowAsync(Watch.WatchAsync(_leaving.Token)),
                FollowAsync(Metrics.Changes.WatchAsync(_leaving.Token)),
                FollowAsync(Board.Changes.WatchAsync(_leaving.Token)),
                FollowCostAsync());
        }
    }

    private async Task FollowAsync<T>(IAsyncEnumerable<T> changes)
    {
        try
        {
            await foreach (var _ in changes)
            {
                Show();
                StateHasChanged();
                await Task.Delay(_pause, _leaving.Token);
            }
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // The person has left the page.
        }
    }

    private async Task FollowCostAsync()
    {
        try
        {
            while (!_leaving.IsCancellationRequested)
            {
                _cost = await Cost.ReadAsync(_leaving.Token) ?? _cost;
                Show();
                StateHasChanged();
                await Task.Delay(_costPause, _leaving.Token);
            }
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // The person has left the page.
        }
    }

    private void Show()
    {
        _findings = Watch.Findings;
        _tiles = [.. Vitals.Tiles, .. new[] { _cost, Quality.Tile }.OfType<Tile>()];
        _alerts = Board.Alerts;
        _isInUse = _tiles.Count > 0 && (_isInUse || _findings.Files > 0 || Vitals.HasTraffic);
    }
}
