using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Serving.Items;
using Npgsql;

namespace AiStack.Serving.Conversations;

/// <summary>Lists what was said in a conversation, a page at a time: the newest first unless asked otherwise.</summary>
internal static class ListItems
{
    public static async Task<IResult> HandleAsync(
        string id,
        [AsParameters] PageQuery query,
        Caller caller,
        NpgsqlDataSource database,
        CancellationToken cancellationToken)
    {
        if (!ItemPages.Cursors(query).Read<Message>(newestFirst: true).TryGet(out var page, out var wrong))
        {
            return wrong.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var found = await ConversationRows.FindAsync(connection, id, cancellationToken);
        if (!found.TryGet(out var conversationId, out var fault))
        {
            return fault.ToResult();
        }

        var rows = await connection.ListAsync(
            $"""
            select item, has_sources
            from serving.conversation_item
            where conversation_id = {conversationId}
                and (principals is null or principals <@ {caller.PrincipalNames()})
            order by position
            """,
            row => (Item: Item.From(JsonElement.Parse(row.GetString(0))), HasSources: row.GetBoolean(1)),
            cancellationToken);
        List<Item> items = [.. rows.Select(row => row.Item)];
        var refused = caller.FindLack(rows.Exists(row => row.HasSources), "conversation_id")
            ?? ItemPages.CheckCursors(items, query, "conversation");
        return refused?.ToResult() ?? TypedResults.Ok(ItemPages.Of(items, page));
    }
}
