using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Retrieval.Indexing;

/// <summary>How much of the stores is held in memory.</summary>
internal sealed class IndexOptions : ISectionOptions
{
    public static string Section => "Retrieval:Index";

    /// <summary>
    /// Memory for the indexes of stores, in bytes. Past it the store not searched for longest is let go, and loaded
    /// again when it is. The default holds about a million chunks.
    /// </summary>
    [Range(1L << 20, 1L << 40)]
    public long MaxBytes { get; set; } = 1L << 30;

    /// <summary>
    /// How long the row of a detached file stays, so that indexes in memory learn that it went. One that was not
    /// searched for longer is loaded again. The default is longer than most are not searched for.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan KeepDetached { get; set; } = TimeSpan.FromDays(1);
}
