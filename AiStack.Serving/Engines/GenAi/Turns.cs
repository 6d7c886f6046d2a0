using System.Threading.RateLimiting;
using AiStack.Contracts;
using AiStack.Serving.Pipeline;

namespace AiStack.Serving.Engines.GenAi;

/// <summary>
/// Shares one model among several answers. So many are made at once; others wait in order, and beyond that they are
/// refused. Those at work take steps in turn, a token each, so that a long answer does not hold up a short one.
/// </summary>
internal sealed class Turns : IDisposable
{
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(5);

    private readonly GenAiOptions _options;
    private readonly ConcurrencyLimiter _places;
    private readonly ConcurrencyLimiter _steps;

    public Turns(GenAiOptions options)
    {
        _options = options;
        _places = Limiter(options.MaxConcurrent, options.MaxWaiting);
        _steps = Limiter(1, options.MaxConcurrent); // One model, one step at a time: each uses all cores.
    }

    /// <summary>A place to make one answer, until it is disposed of. A full queue is a fault.</summary>
    public async Task<IDisposable> TakePlaceAsync(CancellationToken cancellationToken)
    {
        var place = await _places.AcquireAsync(1, cancellationToken);
        return place.IsAcquired
            ? place
            : throw new UpstreamFaultException(new(
                FaultCode.Overloaded,
                $"The model makes {_options.MaxConcurrent} answers at once, and {_options.MaxWaiting} more requests "
                + "wait already. Try again soon.",
                RetryAfter: _retryAfter));
    }

    /// <summary>Takes one step on a thread of its own once it is this answer's turn.</summary>
    public async Task<T> StepAsync<T>(Func<T> step, CancellationToken cancellationToken)
    {
        using var turn = await _steps.AcquireAsync(1, cancellationToken);
        return await Task.Run(step, cancellationToken);
    }

    /// <inheritdoc cref="StepAsync{T}"/>
    public async Task StepAsync(Action step, CancellationToken cancellationToken)
    {
        using var turn = await _steps.AcquireAsync(1, cancellationToken);
        await Task.Run(step, cancellationToken);
    }

    public void Dispose()
    {
        _places.Dispose();
        _steps.Dispose();
    }

    private static ConcurrencyLimiter Limiter(int permits, int queue) => new(new()
    {
        PermitLimit = permits, QueueLimit = queue, QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });
}
