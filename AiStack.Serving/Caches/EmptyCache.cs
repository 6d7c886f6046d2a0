using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Serving.Caches;

/// <summary>Forgets a project's kept answers at once. The policy stays.</summary>
internal static class EmptyCache
{
    public static async Task<IResult> HandleAsync(
        Caller caller, NpgsqlDataSource database, GetCache get, CancellationToken cancellationToken)
    {
        await using (var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken))
        {
            await connection.ExecuteAsync(
                $"delete from serving.kept_answer where project_id = {caller.ProjectId}", cancellationToken);
        }

        return TypedResults.Ok(await get.RunAsync(caller, cancellationToken));
    }
}
