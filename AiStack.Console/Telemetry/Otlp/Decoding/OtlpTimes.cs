namespace AiStack.Console.Telemetry.Otlp.Decoding;

/// <summary>OTLP's times, in nanoseconds since 1970, and ours, which are exact to 100 of them.</summary>
internal static class OtlpTimes
{
    private const ulong NanosecondsPerTick = 100;

    // Every 64-bit number of nanoseconds is a time before the year 2555.
    public static DateTimeOffset ToTime(ulong nanoseconds) =>
        new(DateTimeOffset.UnixEpoch.Ticks + (long)(nanoseconds / NanosecondsPerTick), TimeSpan.Zero);

    public static ulong ToNanoseconds(DateTimeOffset time) =>
        (ulong)Math.Max(0, time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) * NanosecondsPerTick;
}
