using AiStack.Console.Telemetry.Metrics;

namespace AiStack.Console.Overview;

/// <summary>The tiles, read once a second at most however many people look.</summary>
internal sealed class VitalSigns(MetricStore metrics, TimeProvider time)
{
    private static readonly TimeSpan _fresh = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private IReadOnlyList<Tile> _tiles = [];
    private bool _hasTraffic;
    private DateTimeOffset _readAt;

    public IReadOnlyList<Tile> Tiles
    {
        get
        {
            Refresh();
            return _tiles;
        }
    }

    /// <summary>Whether anybody has asked anything of late.</summary>
    public bool HasTraffic
    {
        get
        {
            Refresh();
            return _hasTraffic;
        }
    }

    private void Refresh()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (now - _readAt >= _fresh)
            {
                var measured = new Measured(metrics, now);
                _tiles = Overview.Tiles.Read(measured);
                _hasTraffic = GatewayTraffic.Read(measured, Measured.Recent) is { Requests: >= 0.5 };
                _readAt = now;
            }
        }
    }
}
