using AiStack.ServiceDefaults.Options;

namespace AiStack.Ingest.Connectors.Folder;

internal static class FolderExtensions
{
    /// <summary>Folders of this machine, as far as the operator allows them.</summary>
    public static void AddFolders(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<FolderOptions>();
        builder.Services.AddSingleton<IConnectorKind, FolderKind>();
    }
}
