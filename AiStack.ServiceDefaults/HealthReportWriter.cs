using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AiStack.ServiceDefaults;

/// <summary>
/// Says which check fails, and nothing of its internals: <c>{"status":"Unhealthy","checks":{"cache":"Unhealthy"}}</c>.
/// </summary>
internal static class HealthReportWriter
{
    public static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new
        {
            Status = report.Status.ToString(),
            Checks = report.Entries.ToDictionary(check => check.Key, check => check.Value.Status.ToString()),
        },
        context.RequestAborted);
}
