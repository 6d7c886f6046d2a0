using AiStack.Contracts;
using AiStack.Evals.Runs;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Evals.OutputItems;

internal static class GetOutputItem
{
    private static readonly Fault _unknown =
        new(FaultCode.NotFound, "This run has no such output item, or it is not done.", "output_item_id");

    public static async Task<IResult> HandleAsync(
        string evalId,
        string runId,
        string itemId,
        Caller caller,
        GetRun runs,
        NpgsqlDataSource database,
        CancellationToken cancellationToken)
    {
        if (await runs.FindAsync(caller.ProjectId, evalId, runId, cancellationToken) is not { } run)
        {
            return UnknownRun.Fault.ToResult();
        }

        if (!Id<EvalItem>.TryParse(itemId, null, out var id))
        {
            return _unknown.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var item = await connection.FirstOrDefaultAsync(
            $"""
            select item.id, run.eval_id, run.id, item.finished_at, item.state, item.passed, item.ordinal, item.item,
                   item.grades, item.error_code, item.error_message, item.model, item.output_text, item.input_tokens,
                   item.output_tokens, item.source_rank, item.first_citation_right, item.any_citation_right,
                   item.answer_contained, item.refused, item.latency, item.response_id, item.citations, run.model
            from evals.run_item item
            join evals.run run on run.id = item.run_id
            where item.id = {id} and run.id = {run} and item.state <> 'pending'
            """,
            OutputItemView.Read,
            cancellationToken);
        return item is null ? _unknown.ToResult() : TypedResults.Ok(item);
    }
}
