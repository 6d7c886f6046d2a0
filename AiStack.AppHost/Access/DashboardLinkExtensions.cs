using Microsoft.Extensions.DependencyInjection;

namespace AiStack.AppHost.Access;

internal static class DashboardLinkExtensions
{
    private const string DashboardName = "aspire-dashboard";

    /// <summary>Whether Aspire's dashboard is started with the stack.</summary>
    public static bool HasDashboard(this DistributedApplicationExecutionContext context) =>
        context.Services.GetRequiredService<DistributedApplicationModel>().Resources
            .Any(resource => resource.Name == DashboardName);

    /// <summary>Lets the Console open the dashboard, and an answer's trace in it, where there is a dashboard.</summary>
    public static IResourceBuilder<T> WithDashboardLinks<T>(this IResourceBuilder<T> console)
        where T : IResourceWithEnvironment =>
        console.ApplicationBuilder.ExecutionContext.IsPublishMode
            ? console
            : console.WithEnvironment(context =>
            {
                if (context.ExecutionContext.HasDashboard()
                    && DashboardLinks.Of(console.ApplicationBuilder.Configuration) is { } links)
                {
                    // Settings that name another place take precedence.
                    context.EnvironmentVariables.TryAdd("Console__DashboardUrl", links.Login);
                    context.EnvironmentVariables.TryAdd("Console__TraceUrl", links.TraceTemplate);
                }
            });
}
