using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Serving.Registry;

/// <summary>The statements by which aliases are read and changed, on a project's connection.</summary>
internal static class RouteRows
{
    /// <summary>Lets one change of the project's registry be made at a time, until the transaction ends.</summary>
    public static Task LockAsync(
        NpgsqlConnection connection, Id<Project> projectId, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            $"""select pg_advisory_xact_lock(hashtextextended({"registry:" + projectId}, 0))""", cancellationToken);

    /// <summary>What answers for each alias now, or for one.</summary>
    public static Task<List<RouteObject>> LiveAsync(
        NpgsqlConnection connection, string? alias, CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            select distinct on (alias) alias, number, kind, restores, shares, version, max_error_rate, max_p95_seconds,
                   min_requests, reason, evidence, actor, created_at
            from serving.route_change
            where {alias}::text is null or alias = {alias}
            order by alias, number desc
            """,
            RouteObject.Read,
            cancellationToken);

    public static Task<RouteObject?> FindAsync(
        NpgsqlConnection connection, string alias, int number, CancellationToken cancellationToken) =>
        connection.FirstOrDefaultAsync(
            $"""
            select alias, number, kind, restores, shares, version, max_error_rate, max_p95_seconds, min_requests,
                   reason, evidence, actor, created_at
            from serving.route_change
            where alias = {alias} and number = {number}
            """,
            RouteObject.Read,
            cancellationToken);
}
