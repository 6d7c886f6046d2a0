using AiStack.ServiceDefaults.Options;

namespace AiStack.Ingest.Connectors.Folder;

/// <summary>Which folders of this machine sources may read.</summary>
internal sealed class FolderOptions : ISectionOptions
{
    public static string Section => "Ingest:Sources";

    /// <summary>
    /// Folders that sources may name, or folders in them. Empty by default: who may call the API must not be able to
    /// read what lies on the machine.
    /// </summary>
    public IList<string> Folders { get; } = [];
}
