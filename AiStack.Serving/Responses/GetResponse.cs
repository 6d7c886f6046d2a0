using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Serving.Responses;

internal static class GetResponse
{
    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (!Id<Response>.TryParse(id, null, out var responseId))
        {
            return ResponseEndpoints.NotFound(id).ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var response = await connection.FirstOrDefaultAsync(
            $"""
            select response, cardinality(vector_store_ids) > 0
            from serving.completion
            where id = {responseId} and api = 'responses' and response is not null
            """,
            row => new Stored(row.GetString(0), row.GetBoolean(1)),
            cancellationToken);
        return response is null ? ResponseEndpoints.NotFound(id).ToResult()
            : caller.FindLack(response.HasSources) is { } lack ? lack.ToResult()
            : TypedResults.Text(response.Json, "application/json");
    }

    private sealed record Stored(string Json, bool HasSources);
}
