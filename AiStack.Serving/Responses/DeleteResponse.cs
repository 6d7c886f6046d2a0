using System.Text.Json.Serialization;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Serving.Responses;

/// <summary>Deletes what was said. That an answer was given, and what it cost, stays on record.</summary>
internal static class DeleteResponse
{
    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!Id<Response>.TryParse(id, null, out var responseId))
        {
            return ResponseEndpoints.NotFound(id).ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var deleted = await connection.FirstOrDefaultAsync(
            $"""
            with background as (
                delete from serving.background_response
                where id = {responseId} and (principals is null or principals <@ {caller.PrincipalNames()})
                returning id
            ), said as (
                update serving.completion
                set question = null, answer = null, input = null, response = null,
                    deleted_at = {time.GetUtcNow()}
                where id = {responseId} and api = 'responses' and response is not null
                    and (principals is null or principals <@ {caller.PrincipalNames()})
                returning id
            )
            select id from background union select id from said
            """,
            row => (Guid?)row.GetGuid(0),
            cancellationToken);
        return deleted is not null
            ? TypedResults.Ok(new Deleted(responseId))
            : ResponseEndpoints.NotFound(id).ToResult();
    }

    internal sealed record Deleted(Id<Response> Id)
    {
        public string Object { get; } = "response";

        [JsonPropertyName("deleted")]
        public bool IsDeleted { get; } = true;
    }
}
