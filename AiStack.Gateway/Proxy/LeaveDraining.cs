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
    /// <summary>
    /// Then it is asked again, and says whether it is still going. Shorter than a drain, so that of replicas that start
    /// again one after the other the first is back before the second is gone.
    /// </summary>
    private static readonly TimeSpan _askAgainAfter = TimeSpan.FromSeconds(3);

    public ValueTask ReadAsync(ResponseTransformContext context)
    {
        if (context.ProxyResponse is null)
        {
            return ValueTask.CompletedTask;
        }

        // Answers that had begun before do not say it: silence proves nothing.
        if (context.HttpContext.Response.Headers.Remove(IDraining.Header)
            && context.HttpContext.GetReverseProxyFeature() is
                { ProxiedDestination: { } replica, Route.Cluster: { } cluster })
        {
            health.SetPassive(cluster, replica, DestinationHealth.Unhealthy, _askAgainAfter);
        }

        return ValueTask.CompletedTask;
    }
}
