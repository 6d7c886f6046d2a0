using AiStack.Console.SignIn;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Console.Dashboard;

/// <summary>The way to the tool that shows telemetry.</summary>
internal static class DashboardExtensions
{
    public static void AddDashboard(this IHostApplicationBuilder builder) =>
        builder.AddValidatedOptions<DashboardOptions>()
            .Validate(
                options => options.HasGoodTraceUrl(),
                "Console:TraceUrl must be an absolute http or https address that has {traceId} in the place of the id.")
            .Validate(
                options => options.HasGoodDashboardUrl(),
                "Console:DashboardUrl must be an absolute http or https address.")
            .Validate(
                options => Roles.All.Contains(options.DashboardRole),
                $"Console:DashboardRole must be one of {string.Join(", ", Roles.All)}.");
}
