using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AiStack.Ingest.Connectors.Folder;

/// <summary>A folder as a source.</summary>
internal sealed record FolderSettings
{
    [Description("The folder: its whole path, as the service sees it.")]
    [Required]
    [StringLength(4_096, MinimumLength = 1, ErrorMessage = "'path' must have 1 to 4096 characters.")]
    public required string Path { get; init; }

    [Description("Only files that one of these patterns matches, such as **/*.pdf. All files when there is none.")]
    [MaxLength(100, ErrorMessage = "'include' may have at most 100 patterns.")]
    public IReadOnlyList<string> Include { get; init; } = [];

    [Description("No file that one of these patterns matches, such as **/drafts/**.")]
    [MaxLength(100, ErrorMessage = "'exclude' may have at most 100 patterns.")]
    public IReadOnlyList<string> Exclude { get; init; } = [];

    [Description("Read the folders in it, too.")]
    public bool Recursive { get; init; } = true;

    [Description("Read files and folders whose names begin with a dot.")]
    public bool Hidden { get; init; }

    [Description("Look for changes as they happen, besides the schedule.")]
    public bool Watch { get; init; } = true;
}
