using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Serving.Conversations;

/// <summary>Takes an item out of a conversation, and answers with the conversation, as OpenAI does.</summary>
internal static class DeleteItem
{
    public static async Task<IResult> HandleAsync(
        string id, string itemId, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var found = await ConversationRows.FindAsync(connection, id, cancellationToken);
        if (!found.TryGet(out var conversationId, out var fault))
        {
            return fault.ToResult();
        }

        var deleted = await connection.ExecuteAsync(
            $"""
            delete from serving.conversation_item
            where conversation_id = {conversationId} and id = {itemId}
                and (principals is null or principals <@ {caller.PrincipalNames()})
            """,
            cancellationToken);
        return deleted == 0
            ? GetItem.NotFound(itemId).ToResult()
            : TypedResults.Ok(await ConversationRows.ReadAsync(connection, conversationId, cancellationToken));
    }
}
