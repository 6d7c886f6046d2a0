using AiStack.Contracts;
using AiStack.Evals.Runs;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Evals.OutputItems;

/// <summary>Lists the results of a run's items so far, in the dataset's order.</summary>
internal static class ListOutputItems
{
    private static readonly string[] _statuses = ["pass", "fail", "failed", "error"];

    public static async Task<IResult> HandleAsync(
        string evalId,
        string runId,
        string? status,
        [AsParameters] PageQuery query,
        Caller caller,
        GetRun runs,
        NpgsqlDataSource database,
        CancellationToken cancellationToken)
    {
        if (!query.Read<EvalItem>(newestFirst: false).TryGet(out var page, out var fault))
        {
            return fault.ToResult();
        }

        if (status is not null && !_statuses.Contains(status))
        {
            const string Rule = "'status' must be 'pass', 'fail' or 'error'.";
            return new Fault(FaultCode.InvalidArgument, Rule, "status").ToResult();
        }

        if (await runs.FindAsync(caller.ProjectId, evalId, runId, cancellationToken) is not { } id)
        {
            return UnknownRun.Fault.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var items = await ReadAsync(connection, id, status, page, cancellationToken);
        return TypedResults.Ok(page.Of(items, item => item.Id.ToString()));
    }

    private static Task<List<OutputItemView>> ReadAsync(
        NpgsqlConnection connection,
        Id<EvalRun> runId,
        string? status,
        PageRequest page,
        CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            select item.id, run.eval_id, run.id, item.finished_at, item.state, item.passed, item.ordinal, item.item,
                   item.grades, item.error_code, item.error_message, item.model, item.output_text, item.input_tokens,
                   item.output_tokens, item.source_rank, item.first_citation_right, item.any_citation_right,
                   item.answer_contained, item.refused, item.latency, item.response_id, item.citations, run.model
            from evals.run_item item
            join evals.run run on run.id = item.run_id
            left join evals.run_item above on above.id = {page.NewerThan}::uuid and above.run_id = {runId}
            left join evals.run_item below on below.id = {page.OlderThan}::uuid and below.run_id = {runId}
            where item.run_id = {runId}
              and item.state <> 'pending'
              and ({status}::text is null
                   or ({status} = 'pass' and item.passed)
                   or ({status} in ('fail', 'failed') and not item.passed)
                   or ({status} = 'error' and item.state = 'errored'))
              and ({page.NewerThan}::uuid is null or item.ordinal > above.ordinal)
              and ({page.OlderThan}::uuid is null or item.ordinal < below.ordinal)
            order by item.ordinal {page.Direction}
            limit {page.Rows}
            """,
            OutputItemView.Read,
            cancellationToken);
}
