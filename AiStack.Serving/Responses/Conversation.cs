using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using Microsoft.Extensions.AI;
using Npgsql;

namespace AiStack.Serving.Responses;

/// <summary>What was said before: a stored response, the one that it continued, and so on to the first.</summary>
internal sealed class Conversation(NpgsqlDataSource database)
{
    /// <summary>How far back a conversation is read. What came before that is forgotten.</summary>
    private const int MaxTurns = 100;

    /// <summary>The messages up to and with <paramref name="previousId"/>; none without one.</summary>
    public async Task<Outcome<Earlier>> BeforeAsync(
        Id<Project> projectId, string? previousId, CancellationToken cancellationToken)
    {
        if (previousId is null)
        {
            return new Earlier(null, []);
        }

        if (!Id<Response>.TryParse(previousId, null, out var id))
        {
            return ResponseEndpoints.NotFound(previousId, "previous_response_id");
        }

        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        var turns = await connection.ListAsync(
            $"""
            with recursive turn (previous_id, input, answer, age) as (
                select previous_id, input, answer, 1
                from serving.completion
                where id = {id} and api = 'responses' and input is not null
                union all
                select c.previous_id, c.input, c.answer, t.age + 1
                from turn t
                join serving.completion c on c.id = t.previous_id
                where t.age < {MaxTurns} and c.input is not null
            )
            select input, answer
            from turn
            order by age desc
            """,
            Read,
            cancellationToken);
        return turns.Count == 0
            ? ResponseEndpoints.NotFound(previousId, "previous_response_id")
            : new Earlier(id, [.. turns.SelectMany(turn => turn)]);
    }

    private static List<ChatMessage> Read(NpgsqlDataReader row)
    {
        var input = JsonSerializer.Deserialize<List<InputItem>>(row.GetString(0), JsonDefaults.Options)!;
        return [.. input.Select(item => item.ToMessage()), new(ChatRole.Assistant, row.GetString(1))];
    }

    internal sealed record Earlier(Id<Response>? PreviousId, IReadOnlyList<ChatMessage> Messages);
}
