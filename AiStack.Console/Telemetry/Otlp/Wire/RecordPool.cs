namespace AiStack.Console.Telemetry.Otlp.Wire;

/// <summary>Gives the same object for equal ones, as long as it remembers it; see <see cref="TextPool"/>.</summary>
internal sealed class RecordPool<TRecord>
    where TRecord : class, IEquatable<TRecord>
{
    private const int Places = 1 << 10;

    private readonly TRecord?[] _records = new TRecord?[Places];

    public TRecord Share(TRecord record)
    {
        ref var place = ref _records[record.GetHashCode() & (Places - 1)];
        return place is { } known && known.Equals(record) ? known : place = record;
    }
}
