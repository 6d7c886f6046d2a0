using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Options;
using AiStack.ServiceDefaults.Secrets;
using Microsoft.Extensions.Options;

namespace AiStack.Serving.RemoteTools;

internal static class RemoteToolExtensions
{
    private const string SecretsPurpose = "aistack.serving.mcp-secrets.v1";

    /// <summary>What asks the servers of requests for their tools, and calls them.</summary>
    public static void AddRemoteTools(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<McpOptions>();
        builder.Services.AddSingleton(services => new SecretBox(
            services.GetRequiredService<IOptions<IdentityOptions>>(), SecretsPurpose));
        builder.Services.AddSingleton<ProjectServers>();
        builder.Services.AddSingleton<Approvals>();
        builder.Services.AddSingleton<RemoteServers>();
        builder.Services.AddSingleton<RemoteToolStages>();
    }
}
