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
            select response
            from serving.completion
            where id = {responseId} and api = 'responses' and response is not null
            """,
            row => row.GetString(0),
            cancellationToken);
        return response is null
            ? ResponseEndpoints.NotFound(id).ToResult()
            : TypedResults.Text(response, "application/json");
    }
}
