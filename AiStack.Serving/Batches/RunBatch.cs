using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using AiStack.Serving.Completions;
using Npgsql;

namespace AiStack.Serving.Batches;

/// <summary>
/// Works on a batch, some lines at a time, so that batches take turns and none holds a worker for long. Each answer is
/// kept as it comes: if this process dies, another goes on behind it.
/// </summary>
internal sealed class RunBatch(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database,
    ValidateBatch validate,
    BatchRequests requests,
    EndBatch end,
    AnswersInWork answers,
    TimeProvider time)
    : IWorkHandler<BatchWork>
{
    private const int LinesPerTurn = 32;
    private const int LinesAtOnce = 4;

    /// <summary>How often a line is tried whose answer failed for now: together about half a day.</summary>
    private const int MaxAttempts = 100;

    /// <summary>How long a batch waits when people are answered, or when a model's server wants a pause.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(5);

    public static string Queue => BatchWork.Queue;

    public static int MaxBatch => 1;

    public async Task HandleAsync(
        Id<Project> projectId, IReadOnlyList<Lease<BatchWork>> leases, CancellationToken cancellationToken)
    {
        foreach (var lease in leases)
        {
            await HandleAsync(projectId, lease, cancellationToken);
        }
    }

    public async Task ParkedAsync(Lease<BatchWork> lease, string reason, CancellationToken cancellationToken) =>
        await end.FailAsync(
            lease,
            [new("server_error", null, $"The batch could not be worked on: {reason}.", null)],
            cancellationToken);

    private async Task HandleAsync(
        Id<Project> projectId, Lease<BatchWork> lease, CancellationToken cancellationToken)
    {
        var batch = await ReadAsync(projectId, lease.Payload.BatchId, cancellationToken);
        switch (batch)
        {
            case null or { Status: "completed" or "failed" or "cancelled" or "expired" }:
                await end.DropAsync(lease, cancellationToken);
                return;
            case { Caller: null }:
                await end.FailAsync(
                    lease,
                    [new("key_revoked", null, "The key that asked for this batch was revoked.", null)],
                    cancellationToken);
                return;
            case { Status: "cancelling" }:
                await end.RunAsync(lease, batch, "cancelled", cancellationToken);
                return;
            case { Status: "validating" }:
                await ValidateAsync(lease, batch, cancellationToken);
                return;
        }

        if (time.GetUtcNow() >= batch.ExpiresAt)
        {
            await end.RunAsync(lease, batch, "expired", cancellationToken);
            return;
        }

        var isBusy = answers.AreBusy;
        var lines = isBusy ? [] : await NextAsync(batch, cancellationToken);
        if (!isBusy && lines.Count == 0)
        {
            await end.RunAsync(lease, batch, "completed", cancellationToken);
            return;
        }

        var hasPaused = await AnswerAsync(batch, lines, cancellationToken);
        await AgainAsync(lease, isBusy || hasPaused ? _pause : TimeSpan.Zero, cancellationToken);
    }

    private async Task ValidateAsync(Lease<BatchWork> lease, BatchRow batch, CancellationToken cancellationToken)
    {
        var errors = await validate.RunAsync(batch, cancellationToken);
        if (errors.Count > 0)
        {
            await end.FailAsync(lease, errors, cancellationToken);
            return;
        }

        await AgainAsync(lease, TimeSpan.Zero, cancellationToken);
    }

    /// <summary>Answers lines; true when one of them is to be tried again later.</summary>
    private async Task<bool> AnswerAsync(
        BatchRow batch, List<Line> lines, CancellationToken cancellationToken)
    {
        var hasPaused = 0;
        await Parallel.ForEachAsync(
            lines,
            new ParallelOptions { MaxDegreeOfParallelism = LinesAtOnce, CancellationToken = cancellationToken },
            async (line, cancel) =>
            {
                var reply = await requests.RunAsync(batch.Endpoint, line.Request, batch.Caller!, cancel);
                if (reply.MayPass && line.Attempts + 1 < MaxAttempts)
                {
                    Interlocked.Exchange(ref hasPaused, 1);
                    await TryLaterAsync(batch, line, cancel);
                    return;
                }

                await KeepAsync(batch, line, reply, cancel);
            });
        return hasPaused == 1;
    }

    private async Task<List<Line>> NextAsync(BatchRow batch, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(batch.Caller!.ProjectId, cancellationToken);
        return await connection.ListAsync(
            $"""
            select number, custom_id, request, attempts
            from serving.batch_line
            where batch_id = {batch.Id} and result is null
            order by number
            limit {LinesPerTurn}
            """,
            row => new Line(row.GetInt32(0), row.GetString(1), row.GetString(2), row.GetInt32(3)),
            cancellationToken);
    }

    /// <summary>Keeps an answer, once: another worker that had the line too finds it done.</summary>
    private async Task KeepAsync(
        BatchRow batch, Line line, BatchRequests.Reply reply, CancellationToken cancellationToken)
    {
        var result = JsonSerializer.Serialize(BatchResult.Of(line.CustomId, reply), JsonDefaults.Options);
        var usage = reply.HasFailed ? BatchUsage.None : reply.Usage;
        await using var connection = await database.OpenForAsync(batch.Caller!.ProjectId, cancellationToken);
        await connection.ExecuteAsync(
            $"""
            with kept as (
                update serving.batch_line
                set result = {result}, has_failed = {reply.HasFailed}
                where batch_id = {batch.Id} and number = {line.Number} and result is null
                returning has_failed
            )
            update serving.batch
            set completed = completed + (select count(*) from kept where not has_failed),
                failed = failed + (select count(*) from kept where has_failed),
                input_tokens = input_tokens + (select count(*) from kept) * {usage.Input},
                cached_tokens = cached_tokens + (select count(*) from kept) * {usage.Cached},
                output_tokens = output_tokens + (select count(*) from kept) * {usage.Output},
                reasoning_tokens = reasoning_tokens + (select count(*) from kept) * {usage.Reasoning},
                cost = cost + (select count(*) from kept) * {usage.Cost ?? 0},
                currency = coalesce(currency, {usage.Currency}),
                unpriced = unpriced
                    + (select count(*) from kept where not has_failed and {usage.Cost is null})
            where id = {batch.Id}
            """,
            cancellationToken);
    }

    private async Task TryLaterAsync(BatchRow batch, Line line, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(batch.Caller!.ProjectId, cancellationToken);
        await connection.ExecuteAsync(
            $"""
            update serving.batch_line set attempts = attempts + 1
            where batch_id = {batch.Id} and number = {line.Number}
            """,
            cancellationToken);
    }

    private async Task AgainAsync(
        Lease<BatchWork> lease, TimeSpan delay, CancellationToken cancellationToken) =>
        await database.InTransactionAsync(
            lease.ProjectId,
            async connection =>
            {
                await WorkQueue.CompleteAsync(connection, lease, cancellationToken);
                await WorkQueue.EnqueueAllAsync(
                    connection, lease.ProjectId, Queue, [lease.Payload], cancellationToken, delay);
                return true;
            },
            cancellationToken);

    private async Task<BatchRow?> ReadAsync(
        Id<Project> projectId, Id<Batch> id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        return await BatchRow.FindAsync(connection, id, cancellationToken);
    }

    private sealed record Line(int Number, string CustomId, string Request, int Attempts);
}
