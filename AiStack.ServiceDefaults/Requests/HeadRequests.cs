using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AiStack.ServiceDefaults.Requests;

/// <summary>
/// HEAD is GET without the body (RFC 9110, section 9.3.2), on every path. The endpoint sees a GET; the server, which
/// knows what was asked, sends the headers alone.
/// </summary>
internal static class HeadRequests
{
    /// <summary>Finds the endpoint, which is the one of GET.</summary>
    public static void UseRoutingWithHead(this WebApplication app)
    {
        app.Use((context, next) =>
        {
            if (HttpMethods.IsHead(context.Request.Method))
            {
                context.Request.Method = HttpMethods.Get;
                context.Features.Set(new AskedByHead());
            }

            return next(context);
        });
        app.UseRouting();
        app.Use((context, next) =>
        {
            if (context.Features.Get<AskedByHead>() is not null
                && context.GetEndpoint()?.Metadata.GetMetadata<HandedOn>() is not null)
            {
                context.Request.Method = HttpMethods.Head;
            }

            return next(context);
        });
    }

    private sealed class AskedByHead;
}
