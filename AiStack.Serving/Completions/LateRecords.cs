using System.Threading.Channels;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;

namespace AiStack.Serving.Completions;

/// <summary>
/// Records that could not be written in time: they are written when the database is back. What is lost with this
/// process is recorded as interrupted.
/// </summary>
internal sealed class LateRecords(ProjectStatements database, ILogger<LateRecords> logger) : LastingService(logger)
{
    /// <summary>Each holds what was found for it: some tens of megabytes together.</summary>
    private const int MaxRecords = 1_000;

    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private readonly Channel<CompletionRecord> _waiting = Channel.CreateBounded<CompletionRecord>(MaxRecords);

    public void Add(CompletionRecord record)
    {
        if (!_waiting.Writer.TryWrite(record))
        {
            logger.RecordLost(record.Answer.Status);
        }
    }

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        await foreach (var record in _waiting.Reader.ReadAllAsync(stoppingToken))
        {
            while (!await TryWriteAsync(record))
            {
                await Task.Delay(_pause, stoppingToken);
            }
        }
    }

    private async Task<bool> TryWriteAsync(CompletionRecord record)
    {
        try
        {
            await database.ExecuteAsync(record.Caller.ProjectId, CompletionRows.End(record, isLate: true));
            return true;
        }
        catch (Exception exception) when (DependencyFailure.NameOf(exception) is not null)
        {
            return false;
        }
    }
}
