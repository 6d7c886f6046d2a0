using System.Diagnostics;

namespace AiStack.Gateway;

internal static class RequestId
{
    /// <summary>
    /// Gives every answer the id of its trace: as <c>x-trace-id</c>, to look the trace up by, and as
    /// <c>x-request-id</c>, which OpenAI's clients show in their errors.
    /// </summary>
    public static void UseRequestId(this WebApplication app) => app.Use((context, next) =>
    {
        var trace = Activity.Current?.TraceId.ToString();
        context.Response.Headers["x-request-id"] = trace ?? context.TraceIdentifier;
        if (trace is not null)
        {
            context.Response.Headers["x-trace-id"] = trace;
        }

        return next(context);
    });
}
