using AiStack.Console.Charts;
using AiStack.Console.Frame;
using AiStack.Console.Start;
using AiStack.Console.Usage;
using AiStack.Contracts;
using Microsoft.AspNetCore.Components;

namespace AiStack.Console.Overview;

/// <summary>
/// The first page: whether all is well, how busy it is, what is there, and what to do next. The time range
/// is in the address.
/// </summary>
public sealed partial class OverviewPage : IDisposable
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(10);

    private readonly Leaving _leaving = new();
    private StackFindings _findings = StackFindings.None;
    private OverviewChoice _choice = OverviewChoice.Of(null, null);
    private Glance? _glance;
    private IReadOnlyList<Tile> _tiles = [];
    private ChartContent _chart = ChartContent.Empty;
    private Fault? _fault;
    private bool _isInUse;
    private bool _isWatching;

    /// <summary>How far back: a name of <see cref="UsageRange"/>.</summary>
    [SupplyParameterFromQuery(Name = "range")]
    public string? Range { get; set; }

    /// <summary>What the numbers are counted by: <c>model</c>, <c>key</c>, <c>store</c> or <c>time</c>.</summary>
    [SupplyParameterFromQuery(Name = "by")]
    public string? By { get; set; }

    [Inject]
    internal StackWatch Watch { get; set; } = null!;

    [Inject]
    internal ReadGlance Read { get; set; } = null!;

    [Inject]
    internal QualityWatch Quality { get; set; } = null!;

    [Inject]
    internal PersonalClock Clock { get; set; } = null!;

    private string Greeting => _findings.Layers.All(layer => layer.IsReachable)
        ? "Your AI stack"
        : "Part of the stack is not answering";

    public void Dispose()
    {
        Clock.Changed -= Refresh;
        _leaving.Dispose();
    }

    protected override void OnInitialized() => _findings = Watch.Findings;

    protected override async Task OnParametersSetAsync()
    {
        _choice = OverviewChoice.Of(Range, By);
        if (_isWatching)
        {
            await LoadAsync();
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        _isWatching = true;
        Clock.Changed += Refresh;
        try
        {
            await Task.WhenAll(FollowStackAsync(), FollowNumbersAsync());
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // The person has left the page.
        }
    }

    private async Task FollowStackAsync()
    {
        await foreach (var findings in Watch.WatchAsync(_leaving.Token))
        {
            _findings = findings;
            _isInUse |= findings.Files > 0;
            StateHasChanged();
        }
    }

    private async Task FollowNumbersAsync()
    {
        using var timer = new PeriodicTimer(_pause);
        do
        {
            await LoadAsync();
            StateHasChanged();
        }
        while (await timer.WaitForNextTickAsync(_leaving.Token));
    }

    private async Task LoadAsync()
    {
        var choice = _choice;
        var outcome = await Read.RunAsync(choice, _leaving.Token);

        // Of two loads at once, only the one for the present choice counts.
        if (choice == _choice && outcome.TryGet(out var glance, out _fault))
        {
            _glance = glance;
            _tiles = [.. Tiles.Read(glance), .. new[] { Quality.Tile }.OfType<Tile>()];
            _chart = glance.Total is null ? ChartContent.Empty : UsageChart.Of(
                glance.GroupBuckets.Data,
                choice.By is null ? [new("", "Requests", glance.Total)] : glance.Groups,
                result => result.NumModelRequests);
            // Once it is shown it stays: in another hour there may be nothing.
            _isInUse |= glance.Total is not null;
        }
    }

    private void Refresh() => InvokeAsync(async () =>
    {
        await LoadAsync();
        StateHasChanged();
    });
}
