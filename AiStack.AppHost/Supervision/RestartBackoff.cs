namespace AiStack.AppHost.Supervision;

/// <summary>
/// When a crashed process is started again: at once, then later and later, and after
/// <see cref="MaxQuickCrashes"/> crashes in a row, each soon after the start, not at all.
/// </summary>
internal sealed class RestartBackoff(TimeProvider time)
{
    public const int MaxQuickCrashes = 5;

    /// <summary>A process that lived longer than this was working; its crash restarts the count.</summary>
    public static readonly TimeSpan QuickCrash = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan _firstDelay = TimeSpan.FromMilliseconds(250);
    private long _startedAt;
    private int _quickCrashes;

    public void Started() => _startedAt = time.GetTimestamp();

    /// <summary>How long to wait before the next start, or <c>null</c> to stay down.</summary>
    public TimeSpan? Crashed()
    {
        _quickCrashes = time.GetElapsedTime(_startedAt) < QuickCrash ? _quickCrashes + 1 : 1;
        return _quickCrashes < MaxQuickCrashes ? _firstDelay * Math.Pow(2, _quickCrashes - 1) : null;
    }
}
