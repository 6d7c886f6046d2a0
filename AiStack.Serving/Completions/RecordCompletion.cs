using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Serving.Answers;
using AiStack.Serving.Ledger;
using Npgsql;

namespace AiStack.Serving.Completions;

/// <summary>
/// Writes down that an answer is begun, before its engine is asked, and how it ended, before its end is sent. An answer
/// that was begun has a record in the end, whatever dies or is away in between (docs/decisions/0046).
/// </summary>
internal sealed class RecordCompletion(
    NpgsqlDataSource database,
    ServingProcess process,
    LateRecords late,
    BudgetLedger budgets,
    RunningAnswers running,
    ServingTelemetry telemetry,
    ILogger<RecordCompletion> logger)
{
    /// <summary>
    /// Writes that an answer is begun, with what it holds of its budgets. While that cannot be written, none is: the
    /// fault says so, and is recorded later. What a budget refuses is not begun.
    /// </summary>
    public async Task<Fault?> BeginAsync(CompletionRecord record, AnswerRequest question)
    {
        var demand = budgets.Demand(
            question.Conversation, question.Options, record.Engine.Price, record.Engine.MaxOutputTokens);
        try
        {
            // Whether or not the caller stays: an answer that was begun needs its row.
            await using var connection = await database.OpenForAsync(record.Caller.ProjectId, CancellationToken.None);
            var rooms = await connection.ListAsync(
                CompletionRows.Begin(record, demand, process.Id), BudgetRoom.Read, CancellationToken.None);
            var outcome = budgets.Read(record.Id, demand, rooms, question.Options, record.Engine.Name);
            if (!outcome.TryGet(out var reserved, out var refusal))
            {
                return refusal;
            }

            record.Answer.Reservation = reserved.Reservation;
            running.Add(reserved.Reservation);
            return null;
        }
        catch (Exception exception) when (DependencyFailure.NameOf(exception) is not null)
        {
            return new(FaultCode.DependencyUnavailable, "The service cannot reach the database now. Try again soon.");
        }
    }

    /// <summary>
    /// Writes <paramref name="record"/>, whether or not the caller is still there. False when the database is away: the
    /// record is then written when it is back, without the texts, which are not kept until then.
    /// </summary>
    public async Task<bool> RunAsync(CompletionRecord record)
    {
        telemetry.Answered(record.AnsweredBy.Name, record.Answer);
        running.Remove(record.Answer.Reservation);
        try
        {
            // The words are there: the caller does not wait for a silent database.
            await WriteAsync(record).WaitAsync(StatementLimits.Request);
            return true;
        }
        catch (Exception exception) when (
            exception is TimeoutException || DependencyFailure.NameOf(exception) is not null)
        {
            logger.RecordDelayed(record.Answer.Status, exception.GetBaseException().GetType().Name);
            late.Add(record with { Texts = null });
            return false;
        }
    }

    /// <summary>
    /// Takes back that an answer is begun whose engine was not asked: it is as if it had not come, to its budgets and
    /// in the records. While the database is away, it becomes one that was cancelled.
    /// </summary>
    public async Task TakeBackAsync(CompletionRecord record)
    {
        running.Remove(record.Answer.Reservation);
        try
        {
            await using var connection = await database.OpenForAsync(record.Caller.ProjectId, CancellationToken.None);
            await connection.ExecuteAsync(CompletionRows.TakeBack(record), CancellationToken.None);
        }
        catch (Exception exception) when (DependencyFailure.NameOf(exception) is not null)
        {
            // It was never begun: that is not its version's fault.
        late.Add(record with { Engine = record.Engine with { Version = null } });
        }
    }

    /// <summary>
    /// Has <paramref name="record"/> written once the database is back. What its budgets refused was never begun, and a
    /// client that tries again and again would fill the records with it.
    /// </summary>
    public void RunLater(CompletionRecord record)
    {
        if (record.Answer.Fault is { Code: FaultCode.BudgetExceeded or FaultCode.QuotaExceeded })
        {
            return;
        }

        telemetry.Answered(record.AnsweredBy.Name, record.Answer);
        // It was never begun: that is not its version's fault.
        late.Add(record with { Engine = record.Engine with { Version = null } });
    }

    private async Task WriteAsync(CompletionRecord record)
    {
        await using var connection = await database.OpenForAsync(record.Caller.ProjectId, CancellationToken.None);
        await connection.ExecuteAsync(CompletionRows.End(record, isLate: false), CancellationToken.None);
    }
}
