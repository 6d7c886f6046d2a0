using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Evals.Definitions;

/// <summary>Deletes an eval with its runs. Work that is still queued finds nothing to do.</summary>
internal static class DeleteEval
{
    public static async Task<IResult> HandleAsync(
        string evalId, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (!Id<Eval>.TryParse(evalId, null, out var id))
        {
            return UnknownEval.Fault.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var deleted = await connection.ExecuteAsync(
            $"delete from evals.eval where id = {id}", cancellationToken, StatementLimits.Long);
        return deleted == 0
            ? UnknownEval.Fault.ToResult()
            : TypedResults.Ok(new DeletedEval("eval.deleted", true, id));
    }

    internal sealed record DeletedEval(string Object, bool Deleted, Id<Eval> EvalId);
}
