using System.Net.Sockets;
using Azure;
using Npgsql;
using Polly;
using StackExchange.Redis;

namespace AiStack.ServiceDefaults.Errors;

/// <summary>Tells a dependency that is down, which passes by itself, from a bug, which does not.</summary>
public static class DependencyFailure
{
    // Class 08: connection; 40: a deadlock, from which another was saved; 53: resources; 57P: shut down by the
    // operator, or starting up.
    private static readonly string[] _passing = ["08", "40", "53", "57P"];

    /// <summary>The dependency that failed in <paramref name="exception"/>, or null when none did.</summary>
    public static string? NameOf(Exception? exception) => exception switch
    {
        null => null,
        PostgresException { SqlState: { } state } =>
            Array.Exists(_passing, passing => state.StartsWith(passing, StringComparison.Ordinal))
                ? "the database"
                : null,
        NpgsqlException => "the database",
        // What a first connection that takes too long ends with.
        TimeoutException { Source: "Npgsql" } => "the database",
        // HttpClient reports its time-out as a cancellation, though no token was cancelled.
        OperationCanceledException { InnerException: TimeoutException } => "an inner service",
        RedisConnectionException or RedisTimeoutException => "the cache",
        BlobsUnavailableException => "blob storage",
        RequestFailedException { Status: 0 or >= 500 } => "blob storage",
        ExecutionRejectedException => "an inner service",
        HttpRequestException { StatusCode: null } => "an inner service",
        AggregateException { InnerExceptions: [var first, ..] } => NameOf(first),
        SocketException => "a dependency",
        _ => NameOf(exception.InnerException),
    };
}

/// <summary>Blob storage cannot be reached now: the disk is gone, full or read-only.</summary>
public class BlobsUnavailableException(string message, Exception inner) : Exception(message, inner)
{
    // ENOSPC and EDQUOT; on Windows ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL.
    private static readonly int[] _full = [28, 122, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    /// <summary>What a failure to write or read says of the storage.</summary>
    public static BlobsUnavailableException From(string message, Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception is IOException && Array.IndexOf(_full, exception.HResult) >= 0
            ? new BlobsFullException(exception)
            : new BlobsUnavailableException(message, exception);
    }
}

/// <summary>Blob storage takes no more: it can still be read, until a person makes room.</summary>
public sealed class BlobsFullException(Exception inner) : BlobsUnavailableException("The disk is full.", inner);

/// <summary>A blob's bytes are not those that were stored under its name.</summary>
public sealed class BlobDamagedException() : Exception("The stored bytes are damaged.");
