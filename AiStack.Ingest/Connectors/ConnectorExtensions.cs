using AiStack.Ingest.Connectors.Folder;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Ingest.Connectors;

internal static class ConnectorExtensions
{
    /// <summary>The kinds of sources that there are.</summary>
    public static void AddConnectors(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<FolderOptions>();
        builder.Services.AddSingleton<IConnectorKind, FolderKind>();
    }
}
