using Yarp.ReverseProxy.Model;

namespace AiStack.Gateway.Keys;

/// <summary>Metadata of an endpoint whose answer is shown once and kept nowhere.</summary>
internal sealed class SecretAnswer
{
    /// <summary>The same of a route to a service behind.</summary>
    public static IReadOnlyDictionary<string, string> OfRoute { get; } =
        new Dictionary<string, string> { [nameof(SecretAnswer)] = "" };

    public static bool IsOf(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<SecretAnswer>() is not null
        || endpoint?.Metadata.GetMetadata<RouteModel>()?.Config.Metadata?.ContainsKey(nameof(SecretAnswer)) == true;
}
