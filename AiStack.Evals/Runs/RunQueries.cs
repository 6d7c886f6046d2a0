using AiStack.Contracts;
using AiStack.Evals.Metrics;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Evals.Runs;

/// <summary>What is counted over the items of runs, for as many runs as a page holds.</summary>
internal static class RunQueries
{
    /// <summary>Adds to each run what its items used and how its criteria fared.</summary>
    public static async Task<IReadOnlyList<RunView>> WithResultsAsync(
        this NpgsqlConnection connection, IReadOnlyList<RunView> runs, CancellationToken cancellationToken)
    {
        var ids = runs.Select(run => run.Id.Value).ToArray();
        var usage = (await connection.ListAsync(
            $"""
            select run_id, model, count(*), sum(input_tokens)::bigint, sum(output_tokens)::bigint
            from evals.run_item
            where run_id = any({ids}) and state = 'answered'
            group by run_id, model
            order by run_id, model
            """,
            row => (RunId: row.GetGuid(0), Usage: ReadUsage(row)),
            cancellationToken)).ToLookup(row => row.RunId, row => row.Usage);
        var criteria = (await connection.ListAsync(
            $"""
            select run.id, asked.criterion ->> 'name',
                   count(*) filter (where (grade ->> 'passed')::boolean),
                   count(*) filter (where not (grade ->> 'passed')::boolean)
            from evals.run run
            join evals.eval eval on eval.id = run.eval_id
            cross join json_array_elements(eval.testing_criteria) with ordinality as asked (criterion, place)
            left join (evals.run_item item cross join json_array_elements(item.grades) grade)
                on item.run_id = run.id and item.state = 'answered' and grade ->> 'name' = asked.criterion ->> 'name'
            where run.id = any({ids})
            group by run.id, asked.place, asked.criterion ->> 'name'
            order by run.id, asked.place
            """,
            row => (RunId: row.GetGuid(0), Result: ReadCriterion(row)),
            cancellationToken)).ToLookup(row => row.RunId, row => row.Result);
        return
        [
            .. runs.Select(run => run with
            {
                PerModelUsage = [.. usage[run.Id.Value]],
                PerTestingCriteriaResults = [.. criteria[run.Id.Value]],
            }),
        ];
    }

    /// <summary>What every answered item of a run showed, in the dataset's order.</summary>
    public static Task<List<Observation>> ObservationsAsync(
        this NpgsqlConnection connection, Id<EvalRun> runId, CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            select ordinal, answerable, source_rank, first_citation_right, any_citation_right, answer_contained,
                   refused, latency, input_tokens, output_tokens
            from evals.run_item
            where run_id = {runId} and state = 'answered'
            order by ordinal
            """,
            row => new Observation(
                row.GetInt32(0),
                row.GetBoolean(1),
                row.IsDBNull(2) ? null : row.GetInt32(2),
                row.GetBoolean(3),
                row.GetBoolean(4),
                row.IsDBNull(5) ? null : row.GetBoolean(5),
                row.GetBoolean(6),
                row.GetTimeSpan(7),
                row.GetInt64(8),
                row.GetInt64(9)),
            cancellationToken);

    private static RunView.ModelUsage ReadUsage(NpgsqlDataReader row) => new(
        row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), 0, row.GetInt64(3) + row.GetInt64(4));

    private static RunView.CriterionResult ReadCriterion(NpgsqlDataReader row) =>
        new(row.GetString(1), row.GetInt64(2), row.GetInt64(3));
}
