using AiStack.ServiceDefaults.Options;
using Microsoft.Extensions.Options;

namespace AiStack.Console.Resources;

/// <summary>The parts of the stack, as the host that runs them sees them.</summary>
internal static class ResourcesExtensions
{
    public static void AddResources(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<HostOptions>().Validate(
            host => host.Url is null || !string.IsNullOrEmpty(host.Token),
            "Console:Host:Token must be set where Console:Host:Url is.");
        builder.Services.AddHttpClient(
            HostClient.ClientName,
            (services, http) => HostClient.Configure(http, services.GetRequiredService<IOptions<HostOptions>>().Value));
        builder.Services.AddSingleton<HostClient>();
        builder.Services.AddSingleton<ResourceFeed>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ResourceFeed>());
    }
}
