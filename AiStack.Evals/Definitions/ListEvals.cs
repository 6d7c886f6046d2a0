using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Evals.Definitions;

internal static class ListEvals
{
    public static async Task<IResult> HandleAsync(
        [AsParameters] PageQuery query, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (!query.Read<Eval>(newestFirst: false).TryGet(out var page, out var fault))
        {
            return fault.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var evals = await connection.ListAsync(
            $"""
            select id, name, created_at, item_schema, include_sample_schema, testing_criteria, metadata
            from evals.eval
            where ({page.NewerThan}::uuid is null or id > {page.NewerThan})
              and ({page.OlderThan}::uuid is null or id < {page.OlderThan})
            order by id {page.Direction}
            limit {page.Rows}
            """,
            EvalView.Read,
            cancellationToken);
        return TypedResults.Ok(page.Of(evals, eval => eval.Id.ToString()));
    }
}
