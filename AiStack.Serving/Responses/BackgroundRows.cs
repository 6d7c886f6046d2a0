using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.Serving.Pipeline;
using Npgsql;

namespace AiStack.Serving.Responses;

/// <summary>A response in the background: what was asked, by whom, and how it stands.</summary>
/// <param name="Caller">Null when the key that asked is no longer good.</param>
/// <param name="Response">OpenAI's response object.</param>
internal sealed record BackgroundRow(
    Caller? Caller, ResponseRequest Request, JsonElement Response, bool HasSources, bool IsCancelled, bool HasEnded);

internal static class BackgroundRows
{
    public static Task<int> InsertAsync(
        NpgsqlConnection connection, ResponseDraft draft, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            $"""
            insert into serving.background_response (
                id, project_id, organisation_id, key_id, scopes, principals, request, response, has_sources,
                created_at)
            values (
                {draft.Id}, {draft.Caller.ProjectId}, {draft.Caller.OrganisationId}, {draft.Caller.KeyId?.Value},
                {draft.Caller.Scopes.ToArray()}, {draft.Caller.KeptPrincipals()}, {Json(draft.Request)}::jsonb,
                {Json(draft.Queue())}::jsonb, {draft.HasSources}, {draft.CreatedAt})
            """,
            cancellationToken);

    public static Task<BackgroundRow?> FindAsync(
        NpgsqlConnection connection, Id<Response> id, CancellationToken cancellationToken) =>
        connection.FirstOrDefaultAsync(
            $"""
            select response.organisation_id, response.project_id, response.key_id, response.scopes, key.scopes,
                   response.request, response.response, response.has_sources, response.cancel_requested,
                   response.ended_at is not null, response.principals, key.models
            from serving.background_response response
            left join gateway.published_key key on key.id = response.key_id
            where response.id = {id}
            """,
            row => new BackgroundRow(
                ActingCaller.Read(row),
                JsonSerializer.Deserialize<ResponseRequest>(row.GetString(5), JsonDefaults.Options)!,
                JsonElement.Parse(row.GetString(6)),
                row.GetBoolean(7),
                row.GetBoolean(8),
                row.GetBoolean(9)),
            cancellationToken);

    /// <summary>Begins an attempt; what an earlier one told is taken back.</summary>
    public static Task<int> BeginAsync(
        NpgsqlConnection connection, Id<Response> id, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            $"""
            with earlier as (
                delete from serving.response_event where response_id = {id}
            )
            update serving.background_response set attempt = attempt + 1 where id = {id}
            """,
            cancellationToken);

    /// <summary>Writes what was told, and how the response stands after it.</summary>
    public static Task<int> TellAsync(
        NpgsqlConnection connection,
        Id<Project> projectId,
        Id<Response> id,
        IReadOnlyList<ResponseEvent> events,
        ResponseObject? response,
        CancellationToken cancellationToken)
    {
        var json = response is null ? null : Json(response);
        return connection.ExecuteAsync(
            $"""
            with told as (
                insert into serving.response_event (response_id, project_id, number, type, event)
                select {id}, {projectId}, number, type, event
                from unnest(
                    {events.Select(each => each.SequenceNumber).ToArray()},
                    {events.Select(each => each.Type).ToArray()},
                    {events.Select(Json).ToArray()}) as event (number, type, event)
            )
            update serving.background_response
            set response = coalesce({json}::jsonb, response)
            where id = {id}
            """,
            cancellationToken);
    }

    public static Task<int> EndAsync(
        NpgsqlConnection connection,
        Id<Response> id,
        string response,
        DateTimeOffset now,
        CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            $"""
            update serving.background_response
            set response = {response}::jsonb, ended_at = {now}
            where id = {id} and ended_at is null
            """,
            cancellationToken);

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, value!.GetType(), JsonDefaults.Options);
}
