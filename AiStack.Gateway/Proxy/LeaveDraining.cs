using AiStack.ServiceDefaults.Draining;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.Transforms;

namespace AiStack.Gateway.Proxy;

/// <summary>
/// Leaves a replica alone that says it is going, while another is there: a connection that reached it at the moment at
/// which it stops to listen would be reset. Where all of them are going, all are asked.
/// </summary>
internal sealed class LeaveDraining(IDestinationHealthUpdater health)
{
    /// <summary>Then it is asked again, and says whether it is still going.</summary>
    private static readonly TimeSpan _askAgainAfter = TimeSpan.FromSeconds(10);

    public ValueTask ReadAsync(ResponseTransformContext context)
    {
        if (context.ProxyResponse is null)
        {
            return ValueTask.CompletedTask;
        }

        var isGoing = context.HttpContext.Response.Headers.Remove(IDraining.Header);
        var request = context.HttpContext.GetReverseProxyFeature();
        if (request is { ProxiedDestination: { } replica, Route.Cluster: { } cluster }
            && isGoing != (replica.Health.Passive == DestinationHealth.Unhealthy))
        {
            health.SetPassive(
                cluster, replica, isGoing ? DestinationHealth.Unhealthy : DestinationHealth.Healthy, _askAgainAfter);
        }

        return ValueTask.CompletedTask;
    }
}
