using System.Diagnostics;
using Xunit;

namespace AiStack.Tests.EndToEnd;

/// <summary>Waits for something that becomes true by itself, up to a deadline.</summary>
public static class Eventually
{
    private static readonly TimeSpan _defaultLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(100);

    public static async Task TrueAsync(Func<Task<bool>> condition, CancellationToken cancellationToken, TimeSpan? limit = null)
    {
        var deadline = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(deadline.Elapsed < (limit ?? _defaultLimit), $"Not true within {limit ?? _defaultLimit}.");
            await Task.Delay(_poll, cancellationToken);
        }
    }
}
