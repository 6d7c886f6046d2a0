using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Serving.Items;

/// <summary>Puts the items that a request names by their ids in the places where it names them.</summary>
internal sealed class ItemReferences(NpgsqlDataSource database)
{
    /// <summary>
    /// The items, each reference replaced, and whether one of them came from an answer with sources. Then the caller
    /// has to have the right to read it.
    /// </summary>
    public async Task<Outcome<Found>> ResolveAsync(
        Caller caller, IReadOnlyList<Item> items, string field, CancellationToken cancellationToken)
    {
        if (items.All(item => item.Type != Item.Reference))
        {
            return new Found(items, false);
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        List<Item> found = [];
        var hasSources = false;
        foreach (var item in items)
        {
            if (item.Type != Item.Reference)
            {
                found.Add(item);
                continue;
            }

            if (await FindAsync(connection, caller, item.Id, cancellationToken) is not { } named)
            {
                return new Fault(FaultCode.NotFound, $"There is no item '{item.Id}', or it was not stored.", field);
            }

            found.Add(named.Item);
            hasSources |= named.HasSources;
        }

        return caller.FindLack(hasSources, field) is { } lack ? lack : new Found(found, hasSources);
    }

    private static async Task<Named?> FindAsync(
        NpgsqlConnection connection, Caller caller, string id, CancellationToken cancellationToken) =>
        ItemIds.ResponseOf(id) is not var (first, last)
            ? null
            : await connection.FirstOrDefaultAsync(
                $"""
                select item, answered.has_sources or cardinality(answered.vector_store_ids) > 0
                from serving.completion answered
                cross join lateral jsonb_array_elements(answered.input || (answered.response -> 'output')) item
                where answered.id between {first} and {last} and answered.api = 'responses'
                    and answered.input is not null and item ->> 'id' = {id}
                    and (answered.principals is null or answered.principals <@ {caller.PrincipalNames()})
                union all
                select item, has_sources
                from serving.conversation_item
                where id = {id} and (principals is null or principals <@ {caller.PrincipalNames()})
                limit 1
                """,
                row => new Named(Item.From(System.Text.Json.JsonElement.Parse(row.GetString(0))), row.GetBoolean(1)),
                cancellationToken);

    internal sealed record Found(IReadOnlyList<Item> Items, bool HasSources);

    private sealed record Named(Item Item, bool HasSources);
}
