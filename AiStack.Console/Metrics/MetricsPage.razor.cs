using System.Globalization;
using AiStack.Console.Frame;
using AiStack.Console.Telemetry;
using AiStack.Console.Telemetry.Metrics;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace AiStack.Console.Metrics;

/// <summary>
/// The page of everything that is measured. What it shows is its address; what it shows of it is live.
/// </summary>
public sealed partial class MetricsPage : IDisposable
{
    private const string Marked = "marked";

    /// <summary>New values come at most this often, however fast services report.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    /// <summary>What a person who has chosen nothing may want to see first.</summary>
    private static readonly string[] _familiar =
    [
        "http.server.request.duration", "gen_ai.server.time_to_first_token", "gen_ai.client.token.usage",
        "aistack.retrieval.search.duration", "aistack.retrieval.file.time_to_searchable", "aistack.work.queue.depth",
    ];

    private readonly Leaving _leaving = new();
    private MetricView _view = new();
    private IReadOnlyList<Instrument> _instruments = [];
    private IReadOnlyDictionary<LossReason, long> _lost = new Dictionary<LossReason, long>();
    private DateTimeOffset _now;
    private DateTimeOffset? _pausedAt;

    [Inject]
    internal MetricStore Store { get; set; } = null!;

    [Inject]
    internal TelemetryLedger Ledger { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    [Inject]
    internal PersonalClock Clock { get; set; } = null!;

    private bool IsPaused => _pausedAt is not null;

    private string LiveText =>
        _view.Stretch is not null ? "A marked stretch of time stands still."
        : _pausedAt is { } at ? $"Paused at {Clock.Local(at).ToString("HH:mm:ss", CultureInfo.InvariantCulture)}."
        : "Live. Mark a stretch in a chart to look closer.";

    private string StretchTitle => _view.Stretch is var (from, to)
        ? string.Create(CultureInfo.InvariantCulture, $"{Clock.Local(from):HH:mm:ss} to {Clock.Local(to):HH:mm:ss}")
        : "";

    private IEnumerable<InstrumentId> Shown => _view.Pins.Count > 0
        ? _view.Pins
        : _familiar.Select(name => _instruments
            .Where(instrument => instrument.Name == name)
            .OrderByDescending(instrument => instrument.Service == "gateway")
            .FirstOrDefault()?.Id).OfType<InstrumentId>();

    public void Dispose()
    {
        Navigation.LocationChanged -= Follow;
        _leaving.Dispose();
    }

    protected override void OnInitialized()
    {
        _view = MetricView.Parse(new Uri(Navigation.Uri).Query);
        Navigation.LocationChanged += Follow;
        Load();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        try
        {
            await foreach (var _ in Store.Changes.WatchAsync(_leaving.Token))
            {
                if (!IsPaused)
                {
                    Load();
                    StateHasChanged();
                }

                await Task.Delay(_pause, _leaving.Token);
            }
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // The person has left the page.
        }
    }

    private void Load()
    {
        _now = Clock.Now;
        _lost = Ledger.Read()[TelemetrySignal.Metrics].Lost;
        var instruments = Store.Instruments;
        // The same list stands for the same instruments: it is long, and drawn anew only when there are others.
        if (!instruments.Select(one => one.Id).SequenceEqual(_instruments.Select(one => one.Id)))
        {
            _instruments = instruments;
        }
    }

    private void Follow(object? sender, LocationChangedEventArgs change) => InvokeAsync(() =>
    {
        var address = new Uri(change.Location);
        if (Navigation.ToBaseRelativePath(change.Location).Split('?')[0] == "metrics")
        {
            _view = MetricView.Parse(address.Query);
            StateHasChanged();
        }
    });

    private void ChooseWindow(ChangeEventArgs change)
    {
        if ((string?)change.Value != Marked)
        {
            Show(_view with { Window = MetricWindows.Parse((string?)change.Value), Stretch = null });
        }
    }

    private void Pause()
    {
        _pausedAt = IsPaused ? null : _now;
        Load();
        _now = _pausedAt ?? _now;
    }

    private void ShowStretch((DateTimeOffset From, DateTimeOffset To) stretch) =>
        Show(_view with { Stretch = stretch });

    private void Show(MetricView view) => Navigation.NavigateTo(view.Address);
}
