using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Evals.Definitions;

/// <summary>
/// Changes an eval's name and metadata. What it demands never changes, or its runs could not be compared.
/// </summary>
internal sealed class UpdateEval(NpgsqlDataSource database, TimeProvider time)
{
    public static async Task<IResult> HandleAsync(
        string evalId, Request request, Caller caller, UpdateEval update, CancellationToken cancellationToken)
    {
        var outcome = await update.RunAsync(caller.ProjectId, evalId, request, cancellationToken);
        return outcome.TryGet(out var eval, out var fault) ? TypedResults.Ok(eval) : fault.ToResult();
    }

    public async Task<Outcome<EvalView>> RunAsync(
        Id<Project> projectId, string evalId, Request request, CancellationToken cancellationToken)
    {
        if (Naming.FindFault(request.Name, request.Metadata) is { } fault)
        {
            return fault;
        }

        if (!Id<Eval>.TryParse(evalId, null, out var id))
        {
            return UnknownEval.Fault;
        }

        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        var eval = await connection.FirstOrDefaultAsync(
            $"""
            update evals.eval
            set name = coalesce({request.Name}::text, name),
                metadata = coalesce({StoredJson.Write(request.Metadata)}::jsonb, metadata),
                updated_at = {time.GetUtcNow()}
            where id = {id}
            returning id, name, created_at, item_schema, include_sample_schema, testing_criteria, metadata
            """,
            EvalView.Read,
            cancellationToken);
        return eval is null ? UnknownEval.Fault : eval;
    }

    internal sealed record Request(string? Name, Dictionary<string, string>? Metadata);
}
