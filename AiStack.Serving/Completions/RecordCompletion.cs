using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
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
    ServingTelemetry telemetry,
    ILogger<RecordCompletion> logger)
{
    /// <summary>
    /// Writes that an answer is begun. While that cannot be written, none is: the fault says so, and is recorded later.
    /// </summary>
    public async Task<Fault?> BeginAsync(CompletionRecord record)
    {
        try
        {
            // Whether or not the caller stays: an answer that was begun needs its row.
            await using var connection = await database.OpenForAsync(record.Caller.ProjectId, CancellationToken.None);
            await connection.ExecuteAsync(CompletionRows.Begin(record, process.Id), CancellationToken.None);
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
        telemetry.Answered(record.Engine.Name, record.Answer);
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

    /// <summary>Has <paramref name="record"/> written once the database is back.</summary>
    public void RunLater(CompletionRecord record)
    {
        telemetry.Answered(record.Engine.Name, record.Answer);
        late.Add(record);
    }

    private async Task WriteAsync(CompletionRecord record)
    {
        await using var connection = await database.OpenForAsync(record.Caller.ProjectId, CancellationToken.None);
        await connection.ExecuteAsync(CompletionRows.End(record, isLate: false), CancellationToken.None);
    }
}
