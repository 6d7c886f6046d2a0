using AiStack.Contracts;

namespace AiStack.ServiceDefaults.Work;

/// <summary>Does a queue's work. It may see an item twice, so its effects must be the same when it does.</summary>
public interface IWorkHandler<TPayload>
    where TPayload : notnull
{
    /// <summary>The queue that this handler serves.</summary>
    static abstract string Queue { get; }

    /// <summary>The most items of one project that are handled together.</summary>
    static abstract int MaxBatch { get; }

    /// <summary>
    /// Does the work and stores the results, each with <see cref="WorkQueue.CompleteAsync"/> in the storing
    /// transaction. Items that are not completed on return, or when this throws, are tried again: each alone, so that
    /// none fails for another.
    /// </summary>
    Task HandleAsync(Id<Project> projectId, IReadOnlyList<Lease<TPayload>> leases, CancellationToken cancellationToken);

    /// <summary>
    /// Is told before an item is parked, because it failed or crashed too often, so that those who wait for it learn
    /// why. It may be told twice. The item stays in the queue, parked, unless this completes it.
    /// </summary>
    Task ParkedAsync(Lease<TPayload> lease, string reason, CancellationToken cancellationToken) => Task.CompletedTask;
}
