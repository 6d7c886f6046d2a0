using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AiStack.Ingest.Connectors.Feed;

/// <summary>Which entries of a feed are documents.</summary>
internal sealed record FeedSettings
{
    [Description("The feed's address.")]
    [MaxLength(1_000, ErrorMessage = "'url' may have 1,000 characters.")]
    public required string Url { get; init; }

    [Description("Whether the page that an entry links to is the document, not what the feed says of it.")]
    public bool TakePages { get; init; }

    [Description("Whether an entry that the feed no longer has is removed. Most feeds have only their newest entries.")]
    public bool RemoveMissing { get; init; }

    [Description("How many entries are taken, in the order of the feed.")]
    [Range(1, 100_000, ErrorMessage = "'max_entries' must be 1 to 100,000.")]
    public int MaxEntries { get; init; } = 1_000;

    [Description("How long the feed, or a page, may be, in bytes.")]
    [Range(1_024, 32 << 20, ErrorMessage = "'max_bytes' must be 1,024 to 33,554,432.")]
    public int MaxBytes { get; init; } = 20 << 20;
}
