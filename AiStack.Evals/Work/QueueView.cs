namespace AiStack.Evals.Work;

/// <summary>What waits in a queue.</summary>
/// <param name="Ready">To be done, or done again after a failure.</param>
/// <param name="Leased">Being done now.</param>
/// <param name="Parked">Set aside after many failures: a person must look.</param>
/// <param name="OldestSeconds">How long the oldest has been due, without parked ones.</param>
internal sealed record QueueView(string Queue, long Ready, long Leased, long Parked, double OldestSeconds)
{
    public string Object { get; } = "queue";
}
