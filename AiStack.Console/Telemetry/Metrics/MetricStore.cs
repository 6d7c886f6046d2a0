using Microsoft.Extensions.Options;

namespace AiStack.Console.Telemetry.Metrics;

/// <summary>The last points of every instrument of every service.</summary>
internal sealed class MetricStore(IOptions<TelemetryOptions> options, TelemetryLedger ledger, TimeProvider time)
{
    /// <summary>The dimension that every series has: which instance of the service it comes from.</summary>
    public const string InstanceKey = "service.instance.id";

    /// <summary>More than a person picks from.</summary>
    private const int MaxDimensionValues = 200;

    /// <summary>
    /// Series beyond all others that only add up what has no room. An instance has one for each of its instruments, so
    /// a service that starts again and again would have ever more of them.
    /// </summary>
    private const int MaxOverflowSeries = 1_000;

    /// <summary>
    /// What is silent for longer goes first when there are too many series: the processes that were restarted.
    /// </summary>
    private static readonly TimeSpan _silence = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How far a sender's clock may run ahead. A series takes nothing older than its newest point, so one from tomorrow
    /// would silence it for a day.
    /// </summary>
    private static readonly TimeSpan _ahead = TimeSpan.FromMinutes(5);

    private readonly DateTimeOffset _started = time.GetUtcNow();
    private readonly TelemetryOptions _limits = options.Value;
    private readonly Lock _lock = new();
    private readonly Dictionary<InstrumentId, StoredInstrument> _instruments = [];
    private readonly ReportingProcesses _processes = new();
    private int _seriesCount;
    private DateTimeOffset _nextSweep;

    /// <summary>Tells of every change.</summary>
    public TelemetryChanges Changes { get; } = new(time);

    /// <summary>All instruments, by service and name.</summary>
    public IReadOnlyList<Instrument> Instruments
    {
        get
        {
            lock (_lock)
            {
                return [.. _instruments.Values.Select(stored => stored.ToInstrument())
                    .OrderBy(instrument => instrument.Service, StringComparer.Ordinal)
                    .ThenBy(instrument => instrument.Name, StringComparer.Ordinal)
                    .ThenBy(instrument => instrument.Scope, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Takes in what one message reports.</summary>
    public void Add(IReadOnlyCollection<MetricUpdate> updates)
    {
        if (updates.Count == 0)
        {
            return;
        }

        var latest = time.GetUtcNow() + _ahead;
        MetricUpdate[] timely = [.. updates.Select(update => update.Id.IsImported ? update : update.Until(latest))];
        var invalid = updates.Sum(update => update.Points.Count) - timely.Sum(update => update.Points.Count);
        var (folded, known, old) = (0, 0, 0);
        lock (_lock)
        {
            _processes.Heard(timely);
            foreach (var update in timely.Where(update => update.Points.Count > 0))
            {
                if (Instrument(update) is not { } instrument)
                {
                    invalid += update.Points.Count;
                    continue;
                }

                folded += Add(instrument, update, ref known, ref old);
            }

            ledger.Keeps(TelemetrySignal.Metrics, _seriesCount);
        }

        ledger.Lost(TelemetrySignal.Metrics, LossReason.SeriesLimit, folded);
        ledger.Lost(TelemetrySignal.Metrics, LossReason.Duplicate, known);
        ledger.Lost(TelemetrySignal.Metrics, LossReason.Invalid, invalid);
        ledger.Lost(TelemetrySignal.Metrics, LossReason.MadeRoom, old);
        Changes.Notify();
    }

    /// <summary>The dimensions of an instrument, with their values; none when it is not kept.</summary>
    public IReadOnlyList<Dimension> Dimensions(InstrumentId instrument)
    {
        Series[] series;
        lock (_lock)
        {
            series = _instruments.TryGetValue(instrument, out var stored) ? [.. stored.Series] : [];
        }

        return [.. series
            .SelectMany(one => one.Dimensions.Select(dimension => (dimension.Key, dimension.Value))
                .Append((Key: InstanceKey, Value: one.Resource.Instance ?? "")))
            .Distinct()
            .GroupBy(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new Dimension(
                group.Key,
                [.. group.Order(StringComparer.Ordinal).Take(MaxDimensionValues)],
                group.Count() > MaxDimensionValues))];
    }

    /// <summary>What an instrument measured in a window; <c>null</c> when it is not kept.</summary>
    public MetricWindow? Read(MetricQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        lock (_lock)
        {
            return _instruments.TryGetValue(query.Instrument, out var stored)
                ? WindowReader.Read(stored.ToInstrument(), stored.Series, query)
                : null;
        }
    }

    /// <summary>
    /// The same in one bucket, with a row for each set of dimensions; <c>null</c> when it is not kept.
    /// </summary>
    public MetricRows? ReadRows(MetricQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        lock (_lock)
        {
            return _instruments.TryGetValue(query.Instrument, out var stored)
                ? WindowReader.ReadRows(stored.ToInstrument(), stored.Series, query)
                : null;
        }
    }

    /// <summary>All that is kept of the instruments chosen, by process.</summary>
    public IReadOnlyList<SeriesCopy> Copy(Func<Instrument, bool> isChosen)
    {
        ArgumentNullException.ThrowIfNull(isChosen);
        lock (_lock)
        {
            return [.. _instruments.Values
                .Select(stored => (Instrument: stored.ToInstrument(), stored.Series))
                .Where(stored => isChosen(stored.Instrument))
                .SelectMany(stored => stored.Series.Select(series => new SeriesCopy(
                    stored.Instrument,
                    series.Resource,
                    series.Dimensions,
                    series.FirstTime,
                    series.LastTime,
                    [.. series.Points()],
                    [.. series.Exemplars])))];
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _instruments.Clear();
            _seriesCount = 0;
            ledger.Keeps(TelemetrySignal.Metrics, 0);
        }

        Changes.Notify();
    }

    // A service that was changed may report something else under the old name: the new one counts.
    private StoredInstrument? Instrument(MetricUpdate update)
    {
        if (_instruments.TryGetValue(update.Id, out var stored))
        {
            if (stored.IsLike(update))
            {
                return stored;
            }

            _seriesCount -= stored.Series.Count;
            _instruments.Remove(update.Id);
        }

        // Each has a series at least, so there are not more instruments than series.
        return HasRoom() ? _instruments[update.Id] = new(update) : null;
    }

    private int Add(StoredInstrument instrument, MetricUpdate update, ref int known, ref int old)
    {
        var perSeries = _limits.MaxPoints / Math.Max(1, _seriesCount);
        var overflow = new OverflowPoint();
        foreach (var point in update.Points)
        {
            if (Series(instrument, update, point) is not { } series)
            {
                overflow.Add(point);
                continue;
            }

            known += series.Accept(point, update.Temporality, CountsFrom(update.Resource, point)) ? 0 : 1;
            old += series.Trim(_limits.MaxPointsPerSeries, perSeries);
        }

        var hasOverflow = instrument.HasOverflowOf(update.Resource)
            || _seriesCount < _limits.MaxSeries + MaxOverflowSeries;
        if (hasOverflow && overflow.Sum is { } sum)
        {
            var before = instrument.Series.Count;
            var series = instrument.Overflow(update.Resource);
            _seriesCount += instrument.Series.Count - before;
            known += series.Accept(sum, update.Temporality, CountsFrom(update.Resource, sum)) ? 0 : 1;
            old += series.Trim(_limits.MaxPointsPerSeries, perSeries);
        }

        return overflow.Count;
    }

    private Series? Series(StoredInstrument instrument, MetricUpdate update, MetricPoint point)
    {
        if (instrument.Find(update.Resource, point.Dimensions) is { } series)
        {
            return series;
        }

        if (instrument.Series.Count >= _limits.MaxSeriesPerInstrument || !HasRoom(instrument))
        {
            return null;
        }

        _seriesCount++;
        return instrument.Add(update.Resource, point.Dimensions);
    }

    // The first total of a series counts from when we last heard of its process, or from its own start if that is
    // later: it was not there then. Not if it is in the first message of a process that began before us: nobody knows
    // when its amounts were added.
    private DateTimeOffset? CountsFrom(TelemetryResource resource, MetricPoint point)
    {
        if (_processes.LastHeard(resource) is not { } lastHeard)
        {
            return point.Start >= _started ? point.Start : null;
        }

        return point.Start > lastHeard ? point.Start : lastHeard;
    }

    // The instrument that is being added to stays, though nothing be left of it: it would be filled unseen.
    private bool HasRoom(StoredInstrument? inHand = null)
    {
        var now = time.GetUtcNow();
        if (_seriesCount >= _limits.MaxSeries && now >= _nextSweep)
        {
            _nextSweep = now + TimeSpan.FromSeconds(10);
            foreach (var (id, instrument) in _instruments)
            {
                _seriesCount -= instrument.DropSilent(now - _silence);
                if (instrument.Series.Count == 0 && instrument != inHand)
                {
                    _instruments.Remove(id);
                }
            }
        }

        return _seriesCount < _limits.MaxSeries;
    }
}
