using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Serving.Requests;
using Npgsql;

namespace AiStack.Serving.Responses;

/// <summary>
/// Lists the input of a stored response, a page at a time: the last item first unless asked otherwise.
/// </summary>
internal static class ListInputItems
{
    private const int MaxLimit = 100;

    public static async Task<IResult> HandleAsync(
        string id,
        Caller caller,
        NpgsqlDataSource database,
        CancellationToken cancellationToken,
        string? after = null,
        int limit = 20,
        string order = "desc")
    {
        if (limit is < 1 or > MaxLimit)
        {
            return RequestChecks.Invalid($"'limit' must be 1 to {MaxLimit}.", "limit").ToResult();
        }

        if (order is not ("asc" or "desc"))
        {
            return RequestChecks.Invalid("'order' must be 'asc' or 'desc'.", "order").ToResult();
        }

        if (!Id<Response>.TryParse(id, null, out var responseId) ||
            await FindAsync(database, caller.ProjectId, responseId, cancellationToken) is not { } items)
        {
            return ResponseEndpoints.NotFound(id).ToResult();
        }

        if (order == "desc")
        {
            items.Reverse();
        }

        var first = after is null ? 0 : items.FindIndex(item => item.Id == after) + 1;
        return after is not null && first == 0
            ? RequestChecks.Invalid($"'after' is not an item of this response: '{after}'.", "after").ToResult()
            : TypedResults.Ok(ToPage(items[first..], limit));
    }

    private static Page<InputItem> ToPage(List<InputItem> rest, int limit)
    {
        List<InputItem> data = [.. rest.Take(limit)];
        return new(data, data.FirstOrDefault()?.Id, data.LastOrDefault()?.Id, rest.Count > limit);
    }

    private static async Task<List<InputItem>?> FindAsync(
        NpgsqlDataSource database, Id<Project> projectId, Id<Response> id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        return await connection.FirstOrDefaultAsync(
            $"""
            select input
            from serving.completion
            where id = {id} and api = 'responses' and input is not null
            """,
            row => JsonSerializer.Deserialize<List<InputItem>>(row.GetString(0), JsonDefaults.Options),
            cancellationToken);
    }
}
