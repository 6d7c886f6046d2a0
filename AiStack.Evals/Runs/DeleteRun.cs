using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Evals.Runs;

/// <summary>Deletes a run and its items, ended or not. Work that is still queued finds nothing to do.</summary>
internal static class DeleteRun
{
    public static async Task<IResult> HandleAsync(
        string evalId, string runId, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (!Id<Eval>.TryParse(evalId, null, out var eval) || !Id<EvalRun>.TryParse(runId, null, out var id))
        {
            return UnknownRun.Fault.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var deleted = await connection.ExecuteAsync(
            $"delete from evals.run where id = {id} and eval_id = {eval}",
            cancellationToken,
            StatementLimits.Long);
        return deleted == 0
            ? UnknownRun.Fault.ToResult()
            : TypedResults.Ok(new DeletedRun("eval.run.deleted", true, id));
    }

    internal sealed record DeletedRun(string Object, bool Deleted, Id<EvalRun> RunId);
}
