using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using Npgsql;

namespace AiStack.Serving.Caches;

/// <summary>
/// Deletes kept answers that may not be given again, once a minute: those that are too old, and those with words of
/// what was changed or deleted. None of them is given in the meantime either.
/// </summary>
internal sealed class ForgetAnswers(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database, TimeProvider time, ILogger<ForgetAnswers> logger)
    : LastingService(logger)
{
    /// <summary>So many of its newest a project keeps, some hundred megabytes at most.</summary>
    private const int MaxAnswers = 10_000;

    private static readonly TimeSpan _every = TimeSpan.FromMinutes(1);

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await ForgetAsync(database, stoppingToken);
            }
            catch (Exception exception) when (
                DependencyFailure.NameOf(exception) is not null && !stoppingToken.IsCancellationRequested)
            {
                // The next time may come through.
            }
        }
    }

    /// <summary>How many were deleted.</summary>
    public static async Task<long> ForgetAsync(
        NpgsqlDataSource database, CancellationToken cancellationToken, int most = MaxAnswers)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.FirstOrDefaultAsync(
            $"select serving.forget_answers({most})", row => row.GetInt64(0), cancellationToken);
    }
}
