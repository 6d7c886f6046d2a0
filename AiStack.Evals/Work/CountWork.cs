using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Paging;
using Npgsql;

namespace AiStack.Evals.Work;

/// <summary>Counts what waits for a project, queue by queue. A queue in which nothing waits is not listed.</summary>
internal static class CountWork
{
    public static async Task<IResult> HandleAsync(
        Caller caller, NpgsqlDataSource database, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAnsweringAsync(cancellationToken);
        var found = await connection.QueuesAsync(caller.ProjectId, time.GetUtcNow(), cancellationToken);
        return TypedResults.Ok(new Page<QueueView>([.. found.Select(one => one.Queue)], null, null, false));
    }
}
