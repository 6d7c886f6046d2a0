using AiStack.Contracts;
using AiStack.Evals.Metrics;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Evals.Runs;

/// <summary>
/// Gets a run. Its metrics are computed when it is read, and only after it ended: items never change, so there is
/// nothing derived to store, and a better formula serves old runs too.
/// </summary>
internal sealed class GetRun(NpgsqlDataSource database)
{
    public static async Task<IResult> HandleAsync(
        string evalId, string runId, Caller caller, GetRun get, CancellationToken cancellationToken)
    {
        var run = await get.RunAsync(caller.ProjectId, evalId, runId, cancellationToken);
        return run is null ? UnknownRun.Fault.ToResult() : TypedResults.Ok(run);
    }

    public async Task<RunView?> RunAsync(
        Id<Project> projectId, string evalId, string runId, CancellationToken cancellationToken)
    {
        if (await FindAsync(projectId, evalId, runId, cancellationToken) is not { } id)
        {
            return null;
        }

        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        var found = await connection.FirstOrDefaultAsync(
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
            where run.id = {id}
            """,
            RunView.Read,
            cancellationToken);
        if (found is null)
        {
            return null;
        }

        var run = (await connection.WithResultsAsync([found], cancellationToken))[0];
        return run.FinishedAt is null
            ? run
            : run with { Metrics = await MetricsAsync(connection, id, cancellationToken) };
    }

    /// <summary>The run's id, when the eval has such a run; without what is counted over its items.</summary>
    public async Task<Id<EvalRun>?> FindAsync(
        Id<Project> projectId, string evalId, string runId, CancellationToken cancellationToken)
    {
        if (!Id<Eval>.TryParse(evalId, null, out var eval) || !Id<EvalRun>.TryParse(runId, null, out var id))
        {
            return null;
        }

        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        return await connection.FirstOrDefaultAsync<Id<EvalRun>?>(
            $"select id from evals.run where id = {id} and eval_id = {eval}",
            row => new(row.GetGuid(0)),
            cancellationToken);
    }

    private static async Task<Dictionary<string, MetricView>> MetricsAsync(
        NpgsqlConnection connection, Id<EvalRun> id, CancellationToken cancellationToken) =>
        MetricSummary.Of(await connection.ObservationsAsync(id, cancellationToken))
            .ToDictionary(summary => summary.Metric.Name, MetricView.Of);
}
