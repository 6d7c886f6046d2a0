using System.Diagnostics;
using Xunit;

namespace AiStack.Tests.Fixtures;

/// <summary>Waits for what happens by itself: looks again until it is so, or fails with what it saw last.</summary>
public static class Eventually
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Long: a machine may be slow, and a test that waits for what comes does not wait any longer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Waits until <paramref name="condition"/> holds.</summary>
    public static Task TrueAsync(
        Func<Task<bool>> condition, CancellationToken cancellationToken, TimeSpan? limit = null) =>
        ReadAsync(condition, holds => holds, limit ?? Patience).WaitAsync(cancellationToken);

    /// <summary>Reads until <paramref name="until"/> likes what it reads, and returns that.</summary>
    public static async Task<T> ReadAsync<T>(Func<Task<T>> read, Func<T, bool> until, TimeSpan? deadline = null)
    {
        var started = Stopwatch.GetTimestamp();
        var limit = deadline ?? Patience;
        while (true)
        {
            var value = await read();
            if (until(value))
            {
                return value;
            }

            Assert.True(Stopwatch.GetElapsedTime(started) < limit, $"After {limit} it was still: {value}");
            await Task.Delay(_pause, TestContext.Current.CancellationToken);
        }
    }
}
