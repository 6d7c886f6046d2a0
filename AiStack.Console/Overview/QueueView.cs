namespace AiStack.Console.Overview;

/// <summary>What waits in a queue, as the API counts it.</summary>
public sealed record QueueView(string Queue, long Ready, long Leased, long Parked, double OldestSeconds);
