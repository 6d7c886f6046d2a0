using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Serving.Items;
using Npgsql;

namespace AiStack.Serving.Responses;

/// <summary>
/// Lists the input of a stored response, a page at a time: the last item first unless asked otherwise.
/// </summary>
internal static class ListInputItems
{
    public static async Task<IResult> HandleAsync(
        string id,
        [AsParameters] PageQuery query,
        Caller caller,
        NpgsqlDataSource database,
        CancellationToken cancellationToken)
    {
        if (!ItemPages.Cursors(query).Read<Message>(newestFirst: true).TryGet(out var page, out var fault))
        {
            return fault.ToResult();
        }

        if (!Id<Response>.TryParse(id, null, out var responseId) ||
            await FindAsync(database, caller, responseId, cancellationToken) is not { } found)
        {
            return ResponseEndpoints.NotFound(id).ToResult();
        }

        if (caller.FindLack(found.HasSources, "response_id") is { } lack)
        {
            return lack.ToResult();
        }

        var wrong = ItemPages.CheckCursors(found.Items, query, "response");
        return wrong?.ToResult() ?? TypedResults.Ok(ItemPages.Of(found.Items, page));
    }

    private static async Task<Found?> FindAsync(
        NpgsqlDataSource database, Caller caller, Id<Response> id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        return await connection.FirstOrDefaultAsync(
            $"""
            select input, has_sources or cardinality(vector_store_ids) > 0
            from serving.completion
            where id = {id} and api = 'responses' and input is not null
                and (principals is null or principals <@ {caller.PrincipalNames()})
            """,
            row => new Found(
                JsonSerializer.Deserialize<List<Item>>(row.GetString(0), JsonDefaults.Options)!, row.GetBoolean(1)),
            cancellationToken);
    }

    private sealed record Found(List<Item> Items, bool HasSources);
}
