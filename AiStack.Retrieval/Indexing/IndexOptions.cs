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
}
