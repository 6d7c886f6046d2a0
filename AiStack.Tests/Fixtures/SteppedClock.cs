using Microsoft.Extensions.Time.Testing;

namespace AiStack.Tests.Fixtures;

/// <summary>A clock that is set, while time itself goes on evenly.</summary>
internal sealed class SteppedClock : TimeProvider
{
    private readonly FakeTimeProvider _even = new(System.GetUtcNow());
    private TimeSpan _back;

    public override long TimestampFrequency => _even.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _even.GetUtcNow() - _back;

    public override long GetTimestamp() => _even.GetTimestamp();

    public void Advance(TimeSpan time) => _even.Advance(time);

    /// <summary>Sets the clock back, and no timer or stopwatch.</summary>
    public void Set(TimeSpan back) => _back = back;
}
