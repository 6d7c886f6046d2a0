using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.Serving.Items;
using Npgsql;

namespace AiStack.Serving.ChatCompletions.Stored;

/// <summary>A chat completion that its caller had stored.</summary>
/// <param name="HasSources">Whether it was made from sources, so that only those who may search them read it.</param>
internal sealed record StoredChat(JsonElement Completion, JsonElement Messages, bool HasSources)
{
    public const string Field = "completion_id";

    public static async Task<Outcome<StoredChat>> FindAsync(
        NpgsqlConnection connection, Caller caller, string id, CancellationToken cancellationToken)
    {
        if (!Id<ChatCompletion>.TryParse(id, null, out var completionId))
        {
            return NotFound(id);
        }

        var found = await connection.FirstOrDefaultAsync(
            $"""
            select response, input, has_sources or cardinality(vector_store_ids) > 0
            from serving.completion
            where id = {completionId} and api = 'chat.completions' and response is not null
                and (principals is null or principals <@ {caller.PrincipalNames()})
            """,
            Read,
            cancellationToken);
        return found is null ? NotFound(id)
            : caller.FindLack(found.HasSources, Field) is { } lack ? lack
            : found;
    }

    public static StoredChat Read(NpgsqlDataReader row) =>
        new(JsonElement.Parse(row.GetString(0)), JsonElement.Parse(row.GetString(1)), row.GetBoolean(2));

    public static Fault NotFound(string id) =>
        new(FaultCode.NotFound, $"There is no chat completion '{id}', or it was not stored.", Field);
}
