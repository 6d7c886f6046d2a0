using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Serving.Batches;

internal static class ListBatches
{
    public static async Task<IResult> HandleAsync(
        [AsParameters] PageQuery query, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (!query.Read<Batch>(newestFirst: true).TryGet(out var page, out var fault))
        {
            return fault.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var batches = await BatchObject.ListAsync(connection, only: null, page, cancellationToken);
        return TypedResults.Ok(page.Of(batches, batch => batch.Id.ToString()));
    }
}
