using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Evals.Definitions;

internal static class GetEval
{
    public static async Task<IResult> HandleAsync(
        string evalId, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var eval = await RunAsync(caller.ProjectId, evalId, database, cancellationToken);
        return eval is null ? UnknownEval.Fault.ToResult() : TypedResults.Ok(eval);
    }

    public static async Task<EvalView?> RunAsync(
        Id<Project> projectId, string evalId, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (!Id<Eval>.TryParse(evalId, null, out var id))
        {
            return null;
        }

        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        return await connection.FirstOrDefaultAsync(
            $"""
            select id, name, created_at, item_schema, include_sample_schema, testing_criteria, metadata
            from evals.eval
            where id = {id}
            """,
            EvalView.Read,
            cancellationToken);
    }
}
