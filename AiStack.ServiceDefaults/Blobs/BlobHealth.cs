using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AiStack.ServiceDefaults.Blobs;

internal sealed class BlobHealth(IBlobStore blobs) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await blobs.PingAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
