using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Serving.Items;
using AiStack.Serving.Requests;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace AiStack.Serving.Responses;

/// <summary>
/// Gets a stored response; of one in the background, by <c>stream=true</c>, what is told of it, from the event after
/// <c>starting_after</c> on.
/// </summary>
internal static class GetResponse
{
    public static async Task<IResult> HandleAsync(
        string id,
        bool? stream,
        [FromQuery(Name = "starting_after")] int? startingAfter,
        Caller caller,
        NpgsqlDataSource database,
        FollowResponse follow,
        CancellationToken cancellationToken)
    {
        if (!Id<Response>.TryParse(id, null, out var responseId)
            || await FindAsync(database, caller, responseId, cancellationToken) is not { } response)
        {
            return ResponseEndpoints.NotFound(id).ToResult();
        }

        if (caller.FindLack(response.HasSources, "response_id") is { } lack)
        {
            return lack.ToResult();
        }

        if (stream != true)
        {
            return startingAfter is null
                ? TypedResults.Text(response.Json, "application/json")
                : RequestChecks.Invalid("'starting_after' is only for streams.", "starting_after").ToResult();
        }

        if (!response.IsInBackground)
        {
            return RequestChecks.Invalid(
                "Only a response that was made with background: true can be read as a stream.", "stream").ToResult();
        }

        return await follow.ToResultAsync(caller.ProjectId, responseId, startingAfter ?? -1, cancellationToken);
    }

    private static async Task<Stored?> FindAsync(
        NpgsqlDataSource database, Caller caller, Id<Response> id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        return await connection.FirstOrDefaultAsync(
            $"""
            select response, has_sources, true
            from serving.background_response
            where id = {id} and (principals is null or principals <@ {caller.PrincipalNames()})
            union all
            select response, has_sources or cardinality(vector_store_ids) > 0, false
            from serving.completion
            where id = {id} and api = 'responses' and response is not null
                and (principals is null or principals <@ {caller.PrincipalNames()})
            limit 1
            """,
            row => new Stored(row.GetString(0), row.GetBoolean(1), row.GetBoolean(2)),
            cancellationToken);
    }

    private sealed record Stored(string Json, bool HasSources, bool IsInBackground);
}
