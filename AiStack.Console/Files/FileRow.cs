namespace AiStack.Console.Files;

/// <summary>A file in the list: what it is, and where it stands in the store shown.</summary>
public sealed record FileRow(string Id, FileView? File, StoreFileView? InStore)
{
    /// <summary>Its name; the id where the name is not to be had.</summary>
    public string Name => File?.Filename ?? Id;

    public bool IsInProgress => InStore?.Status == "in_progress";
}
