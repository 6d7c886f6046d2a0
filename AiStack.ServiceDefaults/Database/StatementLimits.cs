namespace AiStack.ServiceDefaults.Database;

/// <summary>How long Postgres may be silent before it counts as down.</summary>
public static class StatementLimits
{
    /// <summary>
    /// For a request's statement, unless it says otherwise: the caller waits for five seconds at most, and is told.
    /// </summary>
    public static readonly TimeSpan Request = TimeSpan.FromSeconds(4);

    /// <summary>
    /// For one that grows with what it is about: a store's deletion, an index that is loaded, two thousand files that
    /// are attached. A shorter one comes before it on its connection, and finds out whether the database answers.
    /// </summary>
    public static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    /// <summary>For background work, which no request waits for: it may be about the largest file.</summary>
    public static readonly TimeSpan Background = TimeSpan.FromMinutes(10);
}
