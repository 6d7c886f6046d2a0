using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AiStack.Gateway.Keys;

/// <summary>Lists the project's keys a page at a time, newest first unless asked otherwise.</summary>
internal static class ListKeys
{
    public static async Task<IResult> HandleAsync(
        [AsParameters] PageQuery query,
        Caller caller,
        NpgsqlDataSource database,
        IOptions<RateLimitOptions> limits,
        CancellationToken cancellationToken)
    {
        if (!query.Read<ApiKey>(newestFirst: true).TryGet(out var page, out var fault))
        {
            return fault.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var keys = await connection.ListAsync(
            $"""
            select id, name, hint, scopes, created_at, expires_at, revoked_at, models, previous_until
            from gateway.api_key
            where ({page.NewerThan}::uuid is null or id > {page.NewerThan})
              and ({page.OlderThan}::uuid is null or id < {page.OlderThan})
            order by id {page.Direction}
            limit {page.Rows}
            """,
            KeyView.Read,
            cancellationToken);
        var list = page.Of(keys, key => key.Id.ToString());
        return TypedResults.Ok(
            new KeyPage(list.Data, list.FirstId, list.LastId, list.HasMore, limits.Value.RequestsPerMinute));
    }

    /// <param name="RequestsPerMinute">How fast each of them may call.</param>
    internal sealed record KeyPage(
        IReadOnlyList<KeyView> Data, string? FirstId, string? LastId, bool HasMore, int RequestsPerMinute)
    {
        public string Object { get; } = "list";
    }
}
