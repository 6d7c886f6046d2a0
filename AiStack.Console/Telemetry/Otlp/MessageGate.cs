using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace AiStack.Console.Telemetry.Otlp;

/// <summary>
/// Lets only so many messages be read at a time, whichever way they come, so that a burst costs time and not memory.
/// </summary>
internal sealed class MessageGate(IOptions<OtlpOptions> options) : IAsyncDisposable
{
    private readonly ConcurrencyLimiter _limiter = new(new()
    {
        PermitLimit = options.Value.MaxConcurrentMessages,
        QueueLimit = options.Value.MaxWaitingMessages,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Waits for a turn; the lease is not acquired when too many wait already.</summary>
    public ValueTask<RateLimitLease> EnterAsync(CancellationToken cancellationToken) =>
        _limiter.AcquireAsync(1, cancellationToken);

    public ValueTask DisposeAsync() => _limiter.DisposeAsync();
}
