using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Serving.Items;
using AiStack.Serving.Requests;
using Npgsql;

namespace AiStack.Serving.Responses;

/// <summary>Cancels a response in the background. One that has ended stays as it is.</summary>
internal static class CancelResponse
{
    /// <summary>How long the answer waits for the process that makes the response.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan _lookEvery = TimeSpan.FromMilliseconds(100);

    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!Id<Response>.TryParse(id, null, out var responseId))
        {
            return ResponseEndpoints.NotFound(id).ToResult();
        }

        var row = await RequestAsync(database, caller, responseId, cancellationToken);
        if (row is null)
        {
            return await ExistsAsync(database, caller, responseId, cancellationToken)
                ? RequestChecks.Invalid(
                    "Only a response that was made with background: true can be cancelled.", "response_id").ToResult()
                : ResponseEndpoints.NotFound(id).ToResult();
        }

        var asked = time.GetTimestamp();
        while (row is { HasEnded: false } && time.GetElapsedTime(asked) < _patience)
        {
            await Task.Delay(_lookEvery, time, cancellationToken);
            await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
            row = await BackgroundRows.FindAsync(connection, responseId, cancellationToken);
        }

        return row is null ? ResponseEndpoints.NotFound(id).ToResult()
            : caller.FindLack(row.HasSources, "response_id") is { } lack ? lack.ToResult()
            : TypedResults.Text(row.Response.GetRawText(), "application/json");
    }

    private static async Task<BackgroundRow?> RequestAsync(
        NpgsqlDataSource database, Caller caller, Id<Response> id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var isThere = await connection.ExecuteAsync(
            $"""
            update serving.background_response
            set cancel_requested = true
            where id = {id} and (principals is null or principals <@ {caller.PrincipalNames()})
            """,
            cancellationToken);
        return isThere == 0 ? null : await BackgroundRows.FindAsync(connection, id, cancellationToken);
    }

    private static async Task<bool> ExistsAsync(
        NpgsqlDataSource database, Caller caller, Id<Response> id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        return await connection.FirstOrDefaultAsync(
            $"""
            select true
            from serving.completion
            where id = {id} and api = 'responses' and response is not null
                and (principals is null or principals <@ {caller.PrincipalNames()})
            """,
            row => row.GetBoolean(0),
            cancellationToken);
    }
}
