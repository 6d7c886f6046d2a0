using Microsoft.Extensions.Configuration;

namespace AiStack.AppHost.Access;

/// <summary>How people and clients connect: the API with its key, the Console and dashboard with their links.</summary>
internal sealed class Doors(IConfiguration configuration)
{
    public const string KeyPrefix = "sk-aistack-dev-";

    public required IResourceBuilder<IResourceWithEndpoints> Gateway { get; init; }

    public required IResourceBuilder<IResourceWithEndpoints> Console { get; init; }

    public required IResourceBuilder<ParameterResource> DevelopmentKey { get; init; }

    public required IResourceBuilder<ParameterResource> LoginToken { get; init; }

    /// <summary>The API's address, without <c>/v1</c>.</summary>
    public string Api => Gateway.GetEndpoint("http").Url;

    public string ConsoleAddress => Console.GetEndpoint("http").Url;

    /// <summary>The dashboard's link, which signs in; null where there is no dashboard, as in tests.</summary>
    public string? DashboardLink => DashboardLinks.Of(configuration)?.Login;

    public async Task<string> KeyAsync(CancellationToken cancellationToken) =>
        $"{KeyPrefix}{await DevelopmentKey.Resource.GetValueAsync(cancellationToken)}";

    public async Task<string> LoginLinkAsync(CancellationToken cancellationToken) =>
        $"{ConsoleAddress}/login?t={await LoginToken.Resource.GetValueAsync(cancellationToken)}";
}
