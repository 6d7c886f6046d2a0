using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AiStack.ServiceDefaults.Blobs;

/// <summary>Blob storage is healthy when it can be reached and takes more.</summary>
internal sealed class BlobHealth(IBlobStore blobs) : IHealthCheck
{
    /// <summary>Less than a large upload: below this, some upload no longer fits.</summary>
    private const long LeastFreeBytes = 64L << 20;

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await blobs.PingAsync(cancellationToken);
        return blobs.FreeBytes < LeastFreeBytes ? HealthCheckResult.Unhealthy("full") : HealthCheckResult.Healthy();
    }
}
