using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.Serving.Items;
using Npgsql;

namespace AiStack.Serving.Conversations;

internal static class ConversationRows
{
    public static Fault NotFound(string id, string field = "conversation_id") =>
        new(FaultCode.NotFound, $"There is no conversation '{id}'.", field);

    /// <summary>The id, of a conversation that there is.</summary>
    public static async Task<Outcome<Id<Conversation>>> FindAsync(
        NpgsqlConnection connection, string id, CancellationToken cancellationToken) =>
        Id<Conversation>.TryParse(id, null, out var found)
        && await ExistsAsync(connection, found, cancellationToken)
            ? found
            : NotFound(id);

    public static async Task<bool> ExistsAsync(
        NpgsqlConnection connection, Id<Conversation> id, CancellationToken cancellationToken) =>
        await connection.FirstOrDefaultAsync(
            $"select true from serving.conversation where id = {id}", row => row.GetBoolean(0), cancellationToken);

    public static Task<ConversationObject?> ReadAsync(
        NpgsqlConnection connection, Id<Conversation> id, CancellationToken cancellationToken) =>
        connection.FirstOrDefaultAsync(
            $"select id, created_at, metadata from serving.conversation where id = {id}",
            row => new ConversationObject(
                new(row.GetGuid(0)),
                row.GetFieldValue<DateTimeOffset>(1).ToUnixTimeSeconds(),
                JsonElement.Parse(row.GetString(2))),
            cancellationToken);

    /// <summary>Adds all of the items; or none, and the fault, where the conversation has one of them.</summary>
    public static async Task<Fault?> AddAsync(
        NpgsqlConnection connection,
        Caller caller,
        Id<Conversation> id,
        ItemReferences.Found added,
        CancellationToken cancellationToken)
    {
        try
        {
            await connection.ExecuteAsync(
                $"""
                insert into serving.conversation_item (
                    conversation_id, project_id, id, item, has_sources, principals)
                select {id}, {caller.ProjectId}, item ->> 'id', item, {added.HasSources}, {caller.KeptPrincipals()}
                from jsonb_array_elements({JsonSerializer.Serialize(added.Items, JsonDefaults.Options)}::jsonb)
                    with ordinality as i (item, number)
                order by number
                """,
                cancellationToken);
            return null;
        }
        catch (PostgresException twice) when (twice.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new Fault(
                FaultCode.Conflict, "An item of 'items' is in the conversation already, or is there twice.", "items");
        }
    }
}

/// <summary>OpenAI's conversation object.</summary>
internal sealed record ConversationObject(Id<Conversation> Id, long CreatedAt, JsonElement Metadata)
{
    public string Object { get; } = "conversation";
}
