using AiStack.Console.Telemetry.Traces;
using Microsoft.Extensions.Options;

namespace AiStack.Console.Telemetry.Logs;

/// <summary>
/// The newest log records, in the order in which they arrived; the oldest go when there are too many.
/// </summary>
internal sealed class LogStore(IOptions<TelemetryOptions> options, TelemetryLedger ledger, TimeProvider time)
{
    private readonly long _maxBytes = options.Value.MaxLogBytes;
    private readonly Lock _lock = new();

    // A record is at its number, around and around. Readers take no lock: a record with another number than its
    // place's is newer.
    private readonly LogRecord?[] _ring = new LogRecord?[options.Value.MaxLogs];
    private long _first = 1;
    private long _last;
    private long _bytes;

    /// <summary>Tells of every change.</summary>
    public TelemetryChanges Changes { get; } = new(time);

    /// <summary>The number of the newest record; 0 before the first.</summary>
    public long LastSequence => Volatile.Read(ref _last);

    /// <summary>Every service that a kept record has, in alphabetical order.</summary>
    public IReadOnlyList<string> Services => Distinct(record => record.Resource.Service);

    /// <summary>Every category that a kept record has, in alphabetical order.</summary>
    public IReadOnlyList<string> Categories => Distinct(record => record.Category);

    /// <summary>Adds records and gives them their numbers.</summary>
    public void Add(IReadOnlyCollection<LogRecord> records)
    {
        if (records.Count == 0)
        {
            return;
        }

        var madeRoom = 0;
        lock (_lock)
        {
            foreach (var record in records)
            {
                var sequence = _last + 1;
                madeRoom += sequence - _first >= _ring.Length ? DropOldest() : 0;
                Volatile.Write(ref _ring[Place(sequence)], record with { Sequence = sequence });
                Volatile.Write(ref _last, sequence);
                _bytes += SizeOf(record);
            }

            while (_bytes > _maxBytes && _first < _last)
            {
                madeRoom += DropOldest();
            }

            ledger.Keeps(TelemetrySignal.Logs, _last - _first + 1);
        }

        ledger.Lost(TelemetrySignal.Logs, LossReason.MadeRoom, madeRoom);
        Changes.Notify();
    }

    /// <summary>
    /// The newest records that match, or, with <paramref name="before"/>, the newest of those with a smaller number.
    /// </summary>
    public LogPage Read(LogQuery query, long before = long.MaxValue) => ReadBetween(query, 0, before);

    /// <summary>
    /// What arrived after a record and matches, for a page that follows: the newest <see cref="LogQuery.Limit"/> of
    /// it, the newest first.
    /// </summary>
    public LogPage ReadAfter(LogQuery query, long sequence) => ReadBetween(query, sequence, long.MaxValue);

    /// <summary>A record by its number; <c>null</c> when it is gone.</summary>
    public LogRecord? Find(long sequence) => At(sequence);

    /// <summary>Forgets everything; numbers go on where they were.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            while (_first <= _last)
            {
                DropOldest();
            }

            ledger.Keeps(TelemetrySignal.Logs, 0);
        }

        Changes.Notify();
    }

    private LogPage ReadBetween(LogQuery query, long after, long before)
    {
        ArgumentNullException.ThrowIfNull(query);
        var match = new LogMatch(query);
        var limit = Math.Clamp(query.Limit, 1, LogQuery.MaxLimit);
        var last = LastSequence;
        var records = new List<LogRecord>();
        for (var sequence = Math.Min(last, before - 1); sequence > after && At(sequence) is { } record; sequence--)
        {
            if (match.Matches(record))
            {
                if (records.Count == limit)
                {
                    return new(records, HasMore: true, last);
                }

                records.Add(record);
            }
        }

        return new(records, HasMore: false, last);
    }

    private int DropOldest()
    {
        ref var oldest = ref _ring[Place(_first)];
        _bytes -= SizeOf(oldest!);
        Volatile.Write(ref oldest, null);
        _first++;
        return 1;
    }

    private LogRecord? At(long sequence) =>
        sequence > 0 && Volatile.Read(ref _ring[Place(sequence)]) is { } record && record.Sequence == sequence
            ? record
            : null;

    private int Place(long sequence) => (int)(sequence % _ring.Length);

    private string[] Distinct(Func<LogRecord, string> value)
    {
        var values = new SortedSet<string>(StringComparer.Ordinal);
        for (var sequence = LastSequence; At(sequence) is { } record; sequence--)
        {
            values.Add(value(record));
        }

        return [.. values];
    }

    private static long SizeOf(LogRecord record) => 320
        + SpanSize.Of(record.Body) + SpanSize.Of(record.SeverityText) + SpanSize.Of(record.EventName)
        + SpanSize.Of(record.Attributes) + SpanSize.OfSource(record.Resource, record.Scope);
}
