using System.Diagnostics;
using System.Runtime.CompilerServices;
using AiStack.Console.Files;
using AiStack.Console.Frame;
using AiStack.Console.Gateway;
using AiStack.ServiceDefaults;

namespace AiStack.Console.Start;

/// <summary>
/// Asks the stack how it is, once for all open pages: every few seconds while a page is open or something does
/// not answer, and less often when all is well and no page is open.
/// </summary>
internal sealed partial class StackWatch(IHttpClientFactory clients, TimeProvider time, ILogger<StackWatch> logger)
    : LastingService(logger)
{
    private const int MaxCounted = 1_000;
    private const int MaxStores = 100;
    private static readonly TimeSpan _watchedPause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _unwatchedPause = TimeSpan.FromSeconds(15);

    private readonly Changes _changes = new();
    private readonly SemaphoreSlim _asked = new(0);
    private int _watchers;

    public StackFindings Findings { get; private set; } = StackFindings.None;

    /// <summary>Asks now rather than at the next time.</summary>
    public void AskNow()
    {
        if (_asked.CurrentCount == 0)
        {
            _asked.Release(); // Two at once leave two permits: one question too many.
        }
    }

    /// <summary>Comes once at once, and again whenever the stack was asked, until cancelled.</summary>
    public async IAsyncEnumerable<StackFindings> WatchAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _watchers) == 1)
        {
            AskNow();
        }

        try
        {
            await foreach (var _ in _changes.WatchAsync(cancellationToken))
            {
                yield return Findings;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _watchers);
        }
    }

    public override void Dispose()
    {
        _asked.Dispose();
        base.Dispose();
    }

    /// <summary>
    /// The time to the next question. What does not answer is asked again soon, or one answer that failed, of a stack
    /// that starts, would count for as long as an outage.
    /// </summary>
    internal static TimeSpan Pause(bool isWatched, StackFindings findings) =>
        isWatched || findings.Layers.Any(layer => !layer.IsReachable) ? _watchedPause : _unwatchedPause;

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await AskAsync(stoppingToken);
                _changes.Notify();
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                AskingFailed(logger, exception);
            }

            await _asked.WaitAsync(Pause(Volatile.Read(ref _watchers) > 0, Findings), stoppingToken);
        }
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        // The root of a trace that no service samples: one every few seconds would bury those of questions.
        using var unsampled = new Activity("ask the stack").SetIdFormat(ActivityIdFormat.W3C).Start();
        var gateway = new GatewayClient(clients.CreateClient(GatewayExtensions.Probe), ActingRole.Viewer);
        var asked = new StackProbe(gateway, time).AskAllAsync(cancellationToken);
        var files = await new FilesApi(gateway).ListAsync(null, MaxCounted, cancellationToken);
        var stores = await new StoresApi(gateway).ListAsync(null, MaxStores, cancellationToken);
        var layers = await asked;
        Findings = files.TryGet(out var filePage, out var fault) && stores.TryGet(out var storePage, out fault)
            ? new(layers, filePage.Data.Count, filePage.HasMore, storePage.Data, null)
            : Findings with { Layers = layers, Fault = fault };
    }

    [LoggerMessage(1, LogLevel.Error, "The stack could not be asked how it is; it will be asked again.")]
    private static partial void AskingFailed(ILogger logger, Exception exception);
}
