using AiStack.AppHost.Supervision;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;

namespace AiStack.Tests.AppHost;

public sealed class PatientHealthCheckTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_call_waits_until_the_resource_is_healthy()
    {
        var looks = 0;
        var check = new PatientHealthCheck(_ => Task.FromResult(++looks < 3 ? "It is not up yet." : null));

        var result = await check.CheckHealthAsync(new HealthCheckContext(), Token);

        Assert.Equal((HealthStatus.Healthy, 3), (result.Status, looks));
    }

    [Fact]
    public async Task What_was_healthy_and_fails_is_unhealthy_at_once_with_its_reason()
    {
        string? failure = null;
        var looks = 0;
        var check = new PatientHealthCheck(_ =>
        {
            looks++;
            return Task.FromResult(failure);
        });
        await check.CheckHealthAsync(new HealthCheckContext(), Token);
        failure = "The disk is gone.";

        var result = await check.CheckHealthAsync(new HealthCheckContext(), Token);

        Assert.Equal((HealthStatus.Unhealthy, "The disk is gone.", 2), (result.Status, result.Description, looks));
    }

    [Fact]
    public async Task An_exception_is_a_failure_with_its_message()
    {
        var fails = false;
        var check = new PatientHealthCheck(
            _ => fails ? throw new IOException("Connection refused.") : Task.FromResult<string?>(null));
        await check.CheckHealthAsync(new HealthCheckContext(), Token);
        fails = true;

        var result = await check.CheckHealthAsync(new HealthCheckContext(), Token);

        Assert.Equal((HealthStatus.Unhealthy, "Connection refused."), (result.Status, result.Description));
    }
}
