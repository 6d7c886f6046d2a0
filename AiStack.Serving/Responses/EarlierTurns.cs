using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Serving.Items;
using Npgsql;

namespace AiStack.Serving.Responses;

/// <summary>What was said before: a stored response, the one that it continued, and so on to the first.</summary>
internal sealed class EarlierTurns(NpgsqlDataSource database)
{
    /// <summary>How far back a conversation is read. What came before that is forgotten.</summary>
    private const int MaxTurns = 100;

    private const string Field = "previous_response_id";

    /// <summary>The items up to and with <paramref name="previousId"/>; none without one.</summary>
    public async Task<Outcome<EarlierItems>> BeforeAsync(
        Caller caller, string? previousId, CancellationToken cancellationToken)
    {
        if (previousId is null)
        {
            return new EarlierItems(null, [], false);
        }

        if (!Id<Response>.TryParse(previousId, null, out var id))
        {
            return NotFound(previousId);
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var turns = await connection.ListAsync(
            $"""
            with recursive turn (previous_id, items, has_sources, age) as (
                select previous_id, input || (response -> 'output'),
                    has_sources or cardinality(vector_store_ids) > 0, 1
                from serving.completion
                where id = {id} and api = 'responses' and input is not null
                    and (principals is null or principals <@ {caller.PrincipalNames()})
                union all
                select c.previous_id, c.input || (c.response -> 'output'),
                    c.has_sources or cardinality(c.vector_store_ids) > 0, t.age + 1
                from turn t
                join serving.completion c on c.id = t.previous_id
                where t.age < {MaxTurns} and c.input is not null
            )
            select items, has_sources
            from turn
            order by age desc
            """,
            Read,
            cancellationToken);
        if (turns.Count == 0)
        {
            return NotFound(previousId);
        }

        // Who goes on with something names at least those for whom it was said, so it is enough to look at the last.
        // What was said before is said to the engine again, which may say it to the caller.
        var hasSources = turns.Exists(turn => turn.HasSources);
        return caller.FindLack(hasSources, Field) is { } lack
            ? lack
            : new EarlierItems(id, [.. turns.SelectMany(turn => turn.Items)], hasSources);
    }

    private static Fault NotFound(string id) => new(
        FaultCode.PreviousResponseNotFound, $"There is no response '{id}', or it was not stored.", Field);

    private static (List<Item> Items, bool HasSources) Read(NpgsqlDataReader row) =>
        (JsonSerializer.Deserialize<List<Item>>(row.GetString(0), JsonDefaults.Options)!, row.GetBoolean(1));
}
