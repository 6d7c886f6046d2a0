using System.Text.Json.Serialization;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Serving.ChatCompletions.Stored;

/// <summary>Deletes what was said. That an answer was given, and what it cost, stays on record.</summary>
internal static class DeleteChat
{
    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!Id<ChatCompletion>.TryParse(id, null, out var completionId))
        {
            return StoredChat.NotFound(id).ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var rows = await connection.ExecuteAsync(
            $"""
            update serving.completion
            set question = null, answer = null, input = null, response = null, deleted_at = {time.GetUtcNow()}
            where id = {completionId} and api = 'chat.completions' and response is not null
                and (principals is null or principals <@ {caller.PrincipalNames()})
            """,
            cancellationToken);
        return rows == 1 ? TypedResults.Ok(new Deleted(completionId)) : StoredChat.NotFound(id).ToResult();
    }

    internal sealed record Deleted(Id<ChatCompletion> Id)
    {
        public string Object { get; } = "chat.completion.deleted";

        [JsonPropertyName("deleted")]
        public bool IsDeleted { get; } = true;
    }
}
