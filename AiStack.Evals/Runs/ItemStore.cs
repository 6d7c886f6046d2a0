using AiStack.Contracts;
using AiStack.Evals.Criteria;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Evals.Runs;

/// <summary>Takes an item from the database and puts its result there, each exactly once.</summary>
internal sealed class ItemStore(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database, TimeProvider time, EvalsTelemetry telemetry)
{
    /// <summary>
    /// The item, and its run marked as begun; null when there is nothing to do: done, deleted or canceled.
    /// </summary>
    public async Task<PendingItem?> StartAsync(Lease<RunItem> lease, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(lease.ProjectId, cancellationToken);
        await connection.ExecuteAsync(
            $"update evals.run set status = 'in_progress' where id = {lease.Payload.RunId} and status = 'queued'",
            cancellationToken);
        return await connection.FirstOrDefaultAsync(
            $"""
            select item.ordinal, item.item, run.organisation_id, run.key_id, run.data_source, eval.testing_criteria,
                   run.scopes, key.scopes, key.models
            from evals.run_item item
            join evals.run run on run.id = item.run_id
            join evals.eval eval on eval.id = run.eval_id
            left join gateway.published_key key on key.id = run.key_id
            where item.id = {lease.Payload.ItemId} and item.state = 'pending' and run.status = 'in_progress'
            """,
            row => new PendingItem(
                row.GetInt32(0),
                row.GetString(1),
                new(
                    new(row.GetGuid(2)),
                    lease.ProjectId,
                    row.IsDBNull(3) ? null : new Id<ApiKey>(row.GetGuid(3)),
                    row.IsDBNull(6) ? null : row.GetFieldValue<string[]>(6),
                    row.IsDBNull(7) ? null : row.GetFieldValue<string[]>(7),
                    row.IsDBNull(8) ? null : row.GetFieldValue<string[]>(8)),
                StoredJson.Read<DataSource>(row.GetString(4)),
                CriteriaReader.Parse(row.GetString(5))),
            cancellationToken);
    }

    /// <summary>Ends work for which there is nothing to do.</summary>
    public Task DropAsync(Lease<RunItem> lease, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            lease.ProjectId,
            async connection =>
            {
                await WorkQueue.CompleteAsync(connection, lease, cancellationToken);
                return true;
            },
            cancellationToken);

    /// <summary>
    /// Stores a result and ends its work in one transaction; the last result of a run ends the run in it, too. With
    /// <paramref name="isLeaseKept"/> the queue itself ends the work.
    /// </summary>
    public async Task StoreAsync(
        Lease<RunItem> lease, ItemResult result, bool isLeaseKept, CancellationToken cancellationToken)
    {
        var ended = await database.InTransactionAsync(
            lease.ProjectId,
            async connection =>
            {
                if (!isLeaseKept)
                {
                    await WorkQueue.CompleteAsync(connection, lease, cancellationToken);
                }

                return await StoreAsync(connection, lease.Payload, result, cancellationToken);
            },
            cancellationToken);

        telemetry.ItemFinished(result.Outcome, result.Answered?.Observation.Latency ?? TimeSpan.Zero);
        if (ended.Length > 0)
        {
            telemetry.RunReached(ended);
        }
    }

    /// <summary>The status that the run ended with by this result; empty while it goes on.</summary>
    private async Task<string> StoreAsync(
        NpgsqlConnection connection, RunItem work, ItemResult result, CancellationToken cancellationToken)
    {
        // The run's row is locked first, as it is to delete or cancel the run: no deadlock, and one last item.
        var pending = await connection.LockAsync(work.RunId, cancellationToken);
        if (pending is null || await WriteAsync(connection, work.ItemId, result, cancellationToken) == 0)
        {
            return "";
        }

        return await connection.CountDownAsync(work.RunId, pending.Value, time.GetUtcNow(), cancellationToken);
    }

    private Task<int> WriteAsync(
        NpgsqlConnection connection, Id<EvalItem> id, ItemResult result, CancellationToken cancellationToken) =>
        result.Answered is var (answer, observation, grades)
            ? WriteAnswerAsync(connection, id, answer, observation, grades, cancellationToken)
            : connection.ExecuteAsync(
                $"""
                update evals.run_item
                set state = 'errored', error_code = {result.Error?.Code}, error_message = {result.Error?.Message},
                    finished_at = {time.GetUtcNow()}
                where id = {id} and state = 'pending'
                """, cancellationToken);

    private Task<int> WriteAnswerAsync(
        NpgsqlConnection connection,
        Id<EvalItem> id,
        Answers.Answer answer,
        Metrics.Observation observation,
        IReadOnlyList<Grade> grades,
        CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            $"""
            update evals.run_item
            set state = 'answered',
                passed = {grades.All(grade => grade.Passed)},
                grades = {StoredJson.Write(grades)}::json,
                source_rank = {observation.SourceRank}::int,
                first_citation_right = {observation.FirstCitationRight},
                any_citation_right = {observation.AnyCitationRight},
                answer_contained = {observation.AnswerContained}::boolean,
                refused = {observation.Refused},
                latency = {observation.Latency},
                input_tokens = {observation.InputTokens},
                output_tokens = {observation.OutputTokens},
                response_id = {answer.ResponseId},
                model = {answer.Model},
                output_text = {answer.Text},
                citations = {StoredJson.Write(answer.Citations)}::json,
                finished_at = {time.GetUtcNow()}
            where id = {id} and state = 'pending'
            """, cancellationToken);
}
