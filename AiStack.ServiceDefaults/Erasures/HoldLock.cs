using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.ServiceDefaults.Erasures;

/// <summary>Keeps what erases and what begins a hold apart, in the connection's project and transaction.</summary>
public static class HoldLock
{
    /// <summary>For what erases or deletes: no hold begins until it committed.</summary>
    public static Task ShareAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            $"select pg_advisory_xact_lock_shared(hashtextextended('holds:' || ops.current_project(), 0))",
            cancellationToken);

    /// <summary>For what begins a hold: it waits for what is being erased.</summary>
    public static Task TakeAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            $"select pg_advisory_xact_lock(hashtextextended('holds:' || ops.current_project(), 0))",
            cancellationToken);
}

/// <summary>Holds are not those any more by which it was chosen what goes: it is chosen again.</summary>
public sealed class HoldsChangedException : Exception
{
    public HoldsChangedException()
    {
    }

    public HoldsChangedException(string message)
        : base(message)
    {
    }

    public HoldsChangedException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>Nobody can tell any more whom a hold is about: nothing is erased until people release it.</summary>
public sealed class UnreadableHoldException : Exception
{
    public UnreadableHoldException()
    {
    }

    public UnreadableHoldException(string message)
        : base(message)
    {
    }

    public UnreadableHoldException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
