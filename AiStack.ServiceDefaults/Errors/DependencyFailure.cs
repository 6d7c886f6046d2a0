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
    private static readonly string[] Passing = ["08", "40", "53", "57P"];

    /// <summary>The dependency that failed in <paramref name="exception"/>, or null when none did.</summary>
    public static string? NameOf(Exception? exception) => exception switch
    {
        null => null,
        PostgresException { SqlState: { } state } =>
            Array.Exists(Passing, passing => state.StartsWith(passing, StringComparison.Ordinal))
                ? "the database"
                : null,
        NpgsqlException => "the database",
        // A first connection that takes too long ends so.
        TimeoutException { Source: "Npgsql" } => "the database",
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
public sealed class BlobsUnavailableException(string message, Exception inner) : Exception(message, inner);
