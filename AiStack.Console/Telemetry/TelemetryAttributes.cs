using System.Collections;

namespace AiStack.Console.Telemetry;

/// <summary>
/// Attributes in the order in which they were sent. Equal when keys and values are, in the same order.
/// </summary>
public readonly struct TelemetryAttributes(TelemetryAttribute[]? attributes)
    : IReadOnlyList<TelemetryAttribute>, IEquatable<TelemetryAttributes>
{
    public static TelemetryAttributes None { get; }

    public int Count => attributes?.Length ?? 0;

    public TelemetryAttribute this[int index] => attributes![index];

    /// <summary>The value of a key, or <c>null</c> without it.</summary>
    public string? this[string key]
    {
        get
        {
            foreach (var attribute in AsSpan())
            {
                if (attribute.Key == key)
                {
                    return attribute.Value;
                }
            }

            return null;
        }
    }

    public ReadOnlySpan<TelemetryAttribute> AsSpan() => attributes;

    public bool Equals(TelemetryAttributes other) => AsSpan().SequenceEqual(other.AsSpan());

    public override bool Equals(object? obj) => obj is TelemetryAttributes other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var attribute in AsSpan())
        {
            hash.Add(attribute.Key);
            hash.Add(attribute.Value);
        }

        return hash.ToHashCode();
    }

    public IEnumerator<TelemetryAttribute> GetEnumerator() =>
        ((IEnumerable<TelemetryAttribute>)(attributes ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public static bool operator ==(TelemetryAttributes left, TelemetryAttributes right) => left.Equals(right);

    public static bool operator !=(TelemetryAttributes left, TelemetryAttributes right) => !left.Equals(right);
}
