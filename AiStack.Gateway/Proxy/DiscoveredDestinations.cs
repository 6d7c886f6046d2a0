using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.ServiceDiscovery;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.ServiceDiscovery;

namespace AiStack.Gateway.Proxy;

/// <summary>Finds the replicas of a service by its name, and again whenever they change.</summary>
internal sealed class DiscoveredDestinations(ServiceEndpointResolver resolver) : IDestinationResolver
{
    public async ValueTask<ResolvedDestinationCollection> ResolveDestinationsAsync(
        IReadOnlyDictionary<string, DestinationConfig> destinations, CancellationToken cancellationToken)
    {
        var resolved = new Dictionary<string, DestinationConfig>(StringComparer.Ordinal);
        var changes = new List<IChangeToken>();
        foreach (var (service, destination) in destinations)
        {
            var source = await resolver.GetEndpointsAsync(destination.Address, cancellationToken);
            foreach (var endpoint in source.Endpoints)
            {
                resolved[$"{service}/{endpoint}"] = destination with { Address = Address(endpoint.ToString()!) };
            }

            changes.Add(source.ChangeToken);
        }

        return new(resolved, new CompositeChangeToken(changes));
    }

    private static string Address(string endpoint) =>
        endpoint.Contains("://", StringComparison.Ordinal) ? endpoint : $"http://{endpoint}";
}
