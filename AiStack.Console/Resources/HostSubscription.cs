namespace AiStack.Console.Resources;

/// <summary>
/// One connection to a stream of the host's, for all pages together. When it is lost it is made again by itself, at
/// once at first and then less and less often.
/// </summary>
internal abstract class HostSubscription<T>(HostClient host, TimeProvider time, ILogger logger) : BackgroundService
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(5);
    private volatile bool _isConnected;

    /// <summary>Told after every change, from no particular thread.</summary>
    public event Action? Changed;

    /// <summary>False while the host does not answer: what is known is old then.</summary>
    public bool IsConnected => _isConnected;

    /// <summary>The stream to follow, from where this one has come to.</summary>
    protected abstract string Path { get; }

    /// <summary>Takes what the host has said.</summary>
    protected abstract void Take(HostEvent<T> said);

    protected void Tell() => Changed?.Invoke();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = _firstPause;
        while (host.IsKnown && !stoppingToken.IsCancellationRequested)
        {
            if (await FollowAsync(stoppingToken))
            {
                pause = _firstPause;
            }

            _isConnected = false;
            Tell();
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < _longestPause ? pause * 2 : _longestPause;
        }
    }

    /// <summary>Follows until the connection ends; says whether there was one.</summary>
    private async Task<bool> FollowAsync(CancellationToken stopping)
    {
        try
        {
            await foreach (var said in host.FollowAsync<T>(Path, stopping))
            {
                _isConnected = true;
                Take(said);
            }
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            logger.HostLost(exception.Message, Path);
        }
        catch (OperationCanceledException)
        {
            // The Console stops.
        }

        return _isConnected;
    }
}

internal static partial class HostLog
{
    [LoggerMessage(1, LogLevel.Warning, "The host's stream {Stream} has ended ({Reason}); it is asked for again.")]
    public static partial void HostLost(this ILogger logger, string reason, string stream);
}
