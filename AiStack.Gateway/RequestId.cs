using System.Diagnostics;

namespace AiStack.Gateway;

internal static class RequestId
{
    /// <summary>Gives every answer the id of its trace as <c>x-request-id</c>, which OpenAI's clients show in their errors.</summary>
    public static void UseRequestId(this WebApplication app) => app.Use((context, next) =>
    {
        context.Response.Headers["x-request-id"] = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
        return next(context);
    });
}
