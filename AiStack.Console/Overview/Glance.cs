using AiStack.Console.Alerts;
using AiStack.Console.Usage;
using AiStack.Contracts;

namespace AiStack.Console.Overview;

/// <summary>The content of the first page, at one moment.</summary>
/// <param name="Total">All of the range; nothing where nothing was asked.</param>
/// <param name="Buckets">The same, bucket by bucket.</param>
/// <param name="Groups">The same by what was chosen, with names.</param>
/// <param name="GroupBuckets">The groups, bucket by bucket.</param>
/// <param name="Alerts">The open alerts.</param>
/// <param name="Unknown">Why alerts and queues are not known.</param>
internal sealed record Glance(
    OverviewChoice Choice,
    UsageResult? Total,
    UsageBuckets Buckets,
    IReadOnlyList<UsageGroup> Groups,
    UsageBuckets GroupBuckets,
    IReadOnlyList<QueueView> Queues,
    IReadOnlyList<AlertView> Alerts,
    Fault? Unknown);
