using System.Net.Http.Headers;
using AiStack.Contracts;
using AiStack.Gateway.Keys;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Requests;
using Microsoft.AspNetCore.Mvc;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.ServiceDiscovery;
using Yarp.ReverseProxy.Transforms;

namespace AiStack.Gateway.Proxy;

/// <summary>Hands requests on to the services behind, in the caller's name and without the caller's key.</summary>
internal static class ProxyExtensions
{
    /// <summary>What takes longer to send than a service that refused it reads on.</summary>
    private const long LongBodyBytes = 16L << 20;

    /// <summary>A service that has not answered by then is sent the body unasked.</summary>
    private static readonly TimeSpan _longestRefusal = TimeSpan.FromSeconds(30);

    public static void AddProxy(this IHostApplicationBuilder builder)
    {
        builder.Services.AddReverseProxy()
            .LoadFromMemory(ProxyRoutes.Routes, ProxyRoutes.Clusters)
            .ConfigureHttpClient((_, handler) =>
            {
                handler.Expect100ContinueTimeout = _longestRefusal;
                handler.PooledConnectionIdleTimeout = HttpDefaults.IdleConnection;
            })
            .AddTransforms(context => context.AddRequestTransform(ReplaceKey).AddRequestTransform(AskBeforeSending)
                .AddResponseTransform(context.Services.GetRequiredService<LeaveDraining>().ReadAsync));
        builder.Services.AddSingleton<IDestinationResolver, DiscoveredDestinations>();
        builder.Services.AddSingleton<LeaveDraining>();
    }

    // Bodies are streamed through, and the service that knows what they are says how long they may be.
    public static void MapProxy(this WebApplication app) => app.MapReverseProxy(proxy =>
    {
        proxy.Use(async (context, next) =>
        {
            await next(context);
            if (context.GetForwarderErrorFeature() is { } error
                && !context.Response.HasStarted
                && !IsCallers(error.Error))
            {
                context.RequestServices.GetRequiredService<GatewayTelemetry>().Refused("service_unreachable");
                await _unreachable.ToResult().ExecuteAsync(context);
            }
        });
        proxy.UseSendAgain();
        proxy.UseLoadBalancing();
    }).RequireAuthorization(policy => policy.RequireAuthenticatedUser())
        .WithMetadata(new DisableRequestSizeLimitAttribute(), new HandedOn());

    private static readonly Fault _unreachable = new(
        FaultCode.DependencyUnavailable, "The service behind this path is starting or restarting. Try again soon.");

    private static ValueTask ReplaceKey(RequestTransformContext context)
    {
        var token = context.HttpContext.Features.Get<InnerToken>()!;
        context.ProxyRequest.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Value);
        context.ProxyRequest.Headers.Remove(ApiKeyAuthentication.AnthropicHeader);
        context.ProxyRequest.Headers.Remove(Principals.Header); // The token says it.
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Asks the service first whether it takes a long body. Otherwise one that refuses it, and hangs up some seconds
    /// later while the body still comes, would look like one that is down.
    /// </summary>
    private static ValueTask AskBeforeSending(RequestTransformContext context)
    {
        if (context.HttpContext.Request.ContentLength > LongBodyBytes)
        {
            context.ProxyRequest.Headers.ExpectContinue = true;
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>True when the caller went away or broke off, so that no one is there to answer.</summary>
    private static bool IsCallers(ForwarderError error) => error
        is ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled or ForwarderError.RequestBodyClient
        or ForwarderError.ResponseBodyCanceled or ForwarderError.ResponseBodyClient
        or ForwarderError.UpgradeRequestCanceled or ForwarderError.UpgradeResponseCanceled;
}
