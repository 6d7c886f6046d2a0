using AiStack.Contracts;
using AiStack.Evals.Definitions;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Evals.Runs;

internal static class ListRuns
{
    public static async Task<IResult> HandleAsync(
        string evalId,
        string? status,
        [AsParameters] PageQuery query,
        Caller caller,
        NpgsqlDataSource database,
        CancellationToken cancellationToken)
    {
        if (!query.Read<EvalRun>(newestFirst: false).TryGet(out var page, out var fault))
        {
            return fault.ToResult();
        }

        if (status is not null && !RunStatus.All.Contains(status))
        {
            var statuses = string.Join(", ", RunStatus.All);
            return new Fault(FaultCode.InvalidArgument, $"'status' must be one of {statuses}.", "status").ToResult();
        }

        if (await GetEval.RunAsync(caller.ProjectId, evalId, database, cancellationToken) is not { } eval)
        {
            return UnknownEval.Fault.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var found = await ReadAsync(connection, eval.Id, status, page, cancellationToken);
        var runs = await connection.WithResultsAsync(found, cancellationToken);
        return TypedResults.Ok(page.Of([.. runs], run => run.Id.ToString()));
    }

    private static Task<List<RunView>> ReadAsync(
        NpgsqlConnection connection,
        Id<Eval> evalId,
        string? status,
        PageRequest page,
        CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            select run.id, run.eval_id, run.name, run.model, run.status, run.created_at, run.finished_at,
                   run.data_source, run.dataset_sha256, run.item_count, run.metadata, run.error_code, run.error_message,
                   items.passed, items.failed, items.errored
            from evals.run run
            cross join lateral (
                select count(*) filter (where passed) as passed,
                       count(*) filter (where not passed) as failed,
                       count(*) filter (where state = 'errored') as errored
                from evals.run_item
                where run_id = run.id
            ) items
            where run.eval_id = {evalId}
              and ({status}::text is null or run.status = {status})
              and ({page.NewerThan}::uuid is null or run.id > {page.NewerThan})
              and ({page.OlderThan}::uuid is null or run.id < {page.OlderThan})
            order by run.id {page.Direction}
            limit {page.Rows}
            """,
            RunView.Read,
            cancellationToken);
}
