using AiStack.Gateway.Keys;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;

namespace AiStack.Gateway.Proxy;

/// <summary>Which service answers which path.</summary>
internal static class ProxyRoutes
{
    /// <summary>How long a service may be silent in the middle of an answer. A model may think for minutes.</summary>
    private static readonly TimeSpan _silence = TimeSpan.FromMinutes(10);

    private static readonly (string Service, string Path)[] _owners =
    [
        ("ingest", "/v1/files"),
        ("ingest", "/v1/uploads"),
        ("ingest", "/api/files"),
        ("ingest", "/api/sources"),
        ("ingest", "/api/source-kinds"),
        ("ingest", "/api/lineage"),
        ("ingest", "/api/erasures"),
        ("ingest", "/api/legal-holds"),
        ("ingest", "/api/retention"),
        ("retrieval", "/v1/vector_stores"),
        ("serving", "/v1/embeddings"),
        ("retrieval", "/api/vector_stores"),
        ("retrieval", "/api/pseudonyms"),
        ("serving", "/v1/responses"),
        ("serving", "/v1/conversations"),
        ("serving", "/api/conversations"),
        ("serving", "/v1/batches"),
        ("serving", "/v1/chat"),
        ("serving", "/v1/completions"),
        ("serving", "/v1/messages"),
        ("serving", "/v1/models"),
        ("serving", "/v1/moderations"),
        ("serving", "/api/models"),
        ("serving", "/api/prompts"),
        ("serving", "/api/usage"),
        ("serving", "/api/budgets"),
        ("serving", "/api/cache"),
        ("serving", "/api/guards"),
        ("serving", "/api/mcp-servers"),
        ("serving", "/mcp"),
        ("evals", "/v1/evals"),
        ("evals", "/api/evals"),
        ("evals", "/api/feedback"),
        ("evals", "/api/alerts"),
        ("evals", "/api/work"),
    ];

    public static IReadOnlyList<RouteConfig> Routes { get; } =
    [
        .. _owners.Select(owner => new RouteConfig
        {
            RouteId = owner.Path,
            ClusterId = owner.Service,
            Match = new() { Path = $"{owner.Path}/{{**rest}}" },
            Metadata = owner.Path == "/api/pseudonyms" ? SecretAnswer.OfRoute : null,
        }),
    ];

    public static IReadOnlyList<ClusterConfig> Clusters { get; } =
    [
        .. _owners.Select(owner => owner.Service).Distinct().Select(service => new ClusterConfig
        {
            ClusterId = service,
            LoadBalancingPolicy = "PowerOfTwoChoices",
            HealthCheck = new()
            {
                // What LeaveDraining says.
                Passive = new() { Enabled = true },
                AvailableDestinationsPolicy = HealthCheckConstants.AvailableDestinations.HealthyOrPanic,
            },
            HttpRequest = new() { ActivityTimeout = _silence },
            Destinations = new Dictionary<string, DestinationConfig>
            {
                [service] = new() { Address = $"https+http://{service}" },
            },
        }),
    ];
}
