namespace AiStack.ServiceDefaults.Draining;

/// <summary>Tells what may stay open for long that its replica is about to stop.</summary>
public interface IDraining
{
    /// <summary>The header of an answer whose replica is going: the next request is better sent to another.</summary>
    const string Header = "X-AiStack-Draining";

    /// <summary>
    /// Cancelled when the replica was told to stop. What has begun is waited for, for a while; what only waits for more
    /// should end.
    /// </summary>
    CancellationToken Begun { get; }
}
