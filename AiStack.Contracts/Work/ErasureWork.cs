namespace AiStack.Contracts.Work;

/// <summary>
/// Asks a service to erase its part of an erasure, or, in a dry run, to tell what it would erase. The answers are
/// <see cref="ErasureReport"/>s. One service has its turn at a time, since the later look for what the earlier found.
/// </summary>
/// <param name="IsLast">Whether all services had their turn: Ingest looks through the queues then.</param>
public sealed record EraseStep(Id<Erasure> ErasureId, bool IsLast = false)
{
    /// <summary>The queue of a service, by the name of its schema.</summary>
    public static string QueueOf(string service) => $"{service}.erase";
}

/// <summary>Tells Ingest what a service erased, in the transaction that erased it.</summary>
/// <param name="IsDone">Whether the service's turn is over.</param>
/// <param name="Failure">Why it gave up.</param>
public sealed record ErasureReport(
    Id<Erasure> ErasureId, string Service, IReadOnlyList<ErasureItem> Items, bool IsDone = false,
    string? Failure = null)
{
    public const string Queue = "ingest.erasure-report";
}

/// <summary>Something that an erasure found.</summary>
/// <param name="Kind">The table that it is in.</param>
/// <param name="Id">Never a name that is to be erased.</param>
/// <param name="Amount">How many rows it is.</param>
/// <param name="Outcome">One of <see cref="ErasureOutcome"/>.</param>
public sealed record ErasureItem(string Kind, string Id, string Outcome, int Amount = 1);

/// <summary>What becomes of what an erasure found.</summary>
public static class ErasureOutcome
{
    /// <summary>It goes.</summary>
    public const string Erased = "erased";

    /// <summary>A legal hold keeps it.</summary>
    public const string Held = "held";

    /// <summary>It stays for a person to look at: a setting that names somebody, a file that nobody can read.</summary>
    public const string Remains = "remains";
}
