namespace AiStack.Console.Files;

/// <summary>A file in the list, and its state in the store shown.</summary>
public sealed record FileRow(string Id, FileView? File, StoreFileView? InStore)
{
    /// <summary>Its name; the id when the name is not available.</summary>
    public string Name => File?.Filename ?? Id;

    public bool IsInProgress => InStore?.Status == "in_progress";
}
