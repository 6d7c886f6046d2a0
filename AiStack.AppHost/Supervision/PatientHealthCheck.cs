using System.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AiStack.AppHost.Supervision;

/// <summary>
/// Notices health at once. Aspire checks again after 1, 2, 3, 4 and then every 5 seconds, too late for a
/// start that takes seconds; this check runs ten times a second by itself until it was healthy once.
/// </summary>
internal sealed class PatientHealthCheck(Func<CancellationToken, Task<string?>> findFailure) : IHealthCheck
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(5);
    private volatile bool _wasHealthy;

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await LookAsync(cancellationToken) is not { } failure)
            {
                _wasHealthy = true;
                return HealthCheckResult.Healthy();
            }

            if (_wasHealthy || Stopwatch.GetElapsedTime(begun) > _patience)
            {
                _wasHealthy = false; // The next look is for its return.
                return HealthCheckResult.Unhealthy(failure);
            }

            await Task.Delay(_pause, cancellationToken);
        }
    }

    private async Task<string?> LookAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_limit);
        try
        {
            return await findFailure(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"It does not answer within {_limit.TotalSeconds} s.";
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return exception.Message;
        }
    }
}
