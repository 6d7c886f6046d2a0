using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Serving.Items;
using Npgsql;

namespace AiStack.Serving.Conversations;

internal static class GetItem
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

        var item = await connection.FirstOrDefaultAsync(
            $"""
            select item, has_sources
            from serving.conversation_item
            where conversation_id = {conversationId} and id = {itemId}
                and (principals is null or principals <@ {caller.PrincipalNames()})
            """,
            row => new Found(Item.From(JsonElement.Parse(row.GetString(0))), row.GetBoolean(1)),
            cancellationToken);
        return item is null ? NotFound(itemId).ToResult()
            : caller.FindLack(item.HasSources, "item_id") is { } lack ? lack.ToResult()
            : TypedResults.Ok(item.Item);
    }

    public static Fault NotFound(string itemId) =>
        new(FaultCode.NotFound, $"There is no item '{itemId}' in this conversation.", "item_id");

    private sealed record Found(Item Item, bool HasSources);
}
