using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Serving.Items;
using AiStack.Serving.Requests;
using Npgsql;

namespace AiStack.Serving.Conversations;

/// <summary>What was said in a conversation so far.</summary>
internal sealed class ConversationItems(NpgsqlDataSource database)
{
    /// <summary>How far back a conversation is read. What came before that is forgotten.</summary>
    private const int MaxItems = 1_000;

    private const string Field = "conversation";

    /// <summary>Reads <c>conversation</c>: an id, or an object with one; nothing where there is none.</summary>
    public static Outcome<Named> IdIn(JsonElement? conversation)
    {
        var id = conversation switch
        {
            null or { ValueKind: JsonValueKind.Null } => "",
            { ValueKind: JsonValueKind.String } text => text.GetString(),
            { ValueKind: JsonValueKind.Object } named => MessageContent.StringOf(named, "id"),
            _ => null,
        };
        return id is "" ? new Named(null)
            : id is null ? RequestChecks.Invalid("'conversation' must be an id, or an object with one.", Field)
            : Id<Conversation>.TryParse(id, null, out var found) ? new Named(found)
            : ConversationRows.NotFound(id, Field);
    }

    public async Task<Outcome<EarlierItems>> BeforeAsync(
        Caller caller, Id<Conversation> id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (!await ConversationRows.ExistsAsync(connection, id, cancellationToken))
        {
            return ConversationRows.NotFound(id.ToString(), Field);
        }

        var items = await connection.ListAsync(
            $"""
            select item, has_sources, principals is null or principals <@ {caller.PrincipalNames()}
            from (
                select position, item, has_sources, principals
                from serving.conversation_item
                where conversation_id = {id}
                order by position desc
                limit {MaxItems}
            ) newest
            order by position
            """,
            row => (
                Item: Item.From(JsonElement.Parse(row.GetString(0))),
                HasSources: row.GetBoolean(1),
                IsForCaller: row.GetBoolean(2)),
            cancellationToken);
        if (!items.TrueForAll(each => each.IsForCaller))
        {
            return new Fault(
                FaultCode.Forbidden,
                "This conversation has words that were said for others. Ask with the principals that they were said "
                + $"with (the header {Principals.Header}), or begin a new conversation.",
                Field);
        }

        // What was said before is said to the engine again, which may say it to the caller.
        var hasSources = items.Exists(each => each.HasSources);
        return caller.FindLack(hasSources, Field) is { } lack
            ? lack
            : new EarlierItems(null, [.. items.Select(each => each.Item)], hasSources);
    }

    /// <param name="Id">Null when the request names none.</param>
    internal sealed record Named(Id<Conversation>? Id);
}
