using AiStack.Gateway.RateLimits;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AiStack.Gateway.Keys;

/// <summary>Lists the project's keys, newest first.</summary>
internal static class ListKeys
{
    private const int MaxKeys = 1_000;

    public static async Task<Ok<Page>> HandleAsync(
        Caller caller,
        NpgsqlDataSource database,
        IOptions<RateLimitOptions> limits,
        CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var keys = await connection.ListAsync(
            $"""
            select id, name, hint, scopes, created_at, expires_at, revoked_at
            from gateway.api_key
            order by id desc
            limit {MaxKeys}
            """,
            KeyView.Read,
            cancellationToken);
        return TypedResults.Ok(new Page(keys, limits.Value.RequestsPerMinute));
    }

    /// <param name="RequestsPerMinute">How fast each of them may call.</param>
    internal sealed record Page(IReadOnlyList<KeyView> Data, int RequestsPerMinute);
}
