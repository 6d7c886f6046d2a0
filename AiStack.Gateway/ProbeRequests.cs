using Microsoft.AspNetCore.Http.Features;

namespace AiStack.Gateway;

internal static class ProbeRequests
{
    private const string UserAgent = "AiStack-Probe/";

    /// <summary>
    /// Marks requests that only ask whether all is well, by OpenTelemetry's <c>user_agent.synthetic.type</c>: a stack
    /// that is not used must not look busy. They are still counted, so no request can hide under this name.
    /// </summary>
    public static void UseProbeMark(this WebApplication app) => app.Use((context, next) =>
    {
        if (context.Request.Headers.UserAgent.ToString().StartsWith(UserAgent, StringComparison.Ordinal))
        {
            context.Features.Get<IHttpMetricsTagsFeature>()?.Tags.Add(new("user_agent.synthetic.type", "test"));
        }

        return next(context);
    });
}
