using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Evals.Alerts;

/// <summary>Lists a project's alerts, newest first: open ones, resolved ones, or all.</summary>
internal static class ListAlerts
{
    public static async Task<IResult> HandleAsync(
        [AsParameters] PageQuery query,
        string? status,
        Caller caller,
        NpgsqlDataSource database,
        CancellationToken cancellationToken)
    {
        if (!query.Read<Alert>(newestFirst: true).TryGet(out var page, out var fault))
        {
            return fault.ToResult();
        }

        if (status is not (null or "open" or "resolved" or "all"))
        {
            return new Fault(FaultCode.InvalidArgument, "'status' must be 'open', 'resolved' or 'all'.", "status")
                .ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var found = await RunAsync(connection, page, status ?? "all", cancellationToken);
        return TypedResults.Ok(page.Of(found, alert => alert.Id.ToString()));
    }

    private static Task<List<AlertView>> RunAsync(
        NpgsqlConnection connection, PageRequest page, string status, CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            select id, rule, subject, what, value, limit_value, unit, opened_at, last_seen_at, resolved_at
            from evals.alert
            where ({status} = 'all' or (resolved_at is null) = ({status} = 'open'))
              and ({page.NewerThan}::uuid is null or id > {page.NewerThan})
              and ({page.OlderThan}::uuid is null or id < {page.OlderThan})
            order by id {page.Direction}
            limit {page.Rows}
            """,
            AlertView.Read,
            cancellationToken);
}
