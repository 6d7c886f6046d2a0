using AiStack.Evals.Work;

namespace AiStack.Evals.Alerts.Rules;

/// <summary>Work that waits long, and work that was given up.</summary>
internal static class WorkRules
{
    public static IEnumerable<AlertFinding> Find(IEnumerable<QueueView> queues, AlertOptions limits)
    {
        foreach (var queue in queues)
        {
            if (queue.OldestSeconds > limits.MaxWait.TotalSeconds)
            {
                yield return new(
                    AlertRule.WorkWaiting,
                    queue.Queue,
                    $"Work waits in {queue.Queue}",
                    queue.OldestSeconds,
                    limits.MaxWait.TotalSeconds,
                    "s");
            }

            if (queue.Parked > 0)
            {
                yield return new(
                    AlertRule.WorkParked,
                    queue.Queue,
                    $"Work was set aside in {queue.Queue}: it failed too often to be tried again",
                    queue.Parked,
                    0,
                    "{item}");
            }
        }
    }
}
