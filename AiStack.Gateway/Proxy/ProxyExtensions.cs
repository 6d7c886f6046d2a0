using System.Net.Http.Headers;
using AiStack.Contracts;
using AiStack.Gateway.Keys;
using AiStack.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Mvc;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.ServiceDiscovery;
using Yarp.ReverseProxy.Transforms;

namespace AiStack.Gateway.Proxy;

/// <summary>Hands requests on to the services behind, in the caller's name and without the caller's key.</summary>
internal static class ProxyExtensions
{
    public static void AddProxy(this IHostApplicationBuilder builder)
    {
        builder.Services.AddReverseProxy()
            .LoadFromMemory(ProxyRoutes.Routes, ProxyRoutes.Clusters)
            .AddTransforms(context => context.AddRequestTransform(ReplaceKey));
        builder.Services.AddSingleton<IDestinationResolver, DiscoveredDestinations>();
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
                await Unreachable.ToResult().ExecuteAsync(context);
            }
        });
        proxy.UseLoadBalancing();
    }).RequireAuthorization(policy => policy.RequireAuthenticatedUser())
        .WithMetadata(new DisableRequestSizeLimitAttribute());

    private static readonly Fault Unreachable = new(
        FaultCode.DependencyUnavailable, "The service behind this path is starting or restarting. Try again soon.");

    private static ValueTask ReplaceKey(RequestTransformContext context)
    {
        var key = context.HttpContext.Features.Get<CheckedKey>()!;
        context.ProxyRequest.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.InnerToken);
        return ValueTask.CompletedTask;
    }

    /// <summary>True when it was the caller who went away or broke off, so that nobody is there to be told.</summary>
    private static bool IsCallers(ForwarderError error) => error
        is ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled or ForwarderError.RequestBodyClient
        or ForwarderError.ResponseBodyCanceled or ForwarderError.ResponseBodyClient
        or ForwarderError.UpgradeRequestCanceled or ForwarderError.UpgradeResponseCanceled;
}
