using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Retrieval.Search;

/// <summary>How many searches this process takes, and how closely it looks.</summary>
internal sealed class SearchOptions : ISectionOptions
{
    public static string Section => "Retrieval:Search";

    /// <summary>
    /// Searches that are begun and not over. One more is refused at once, so that those that were taken end in the time
    /// that a person waits: at some hundred a second on two cores, the default is two seconds' work.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxAtOnce { get; set; } = 256;

    /// <summary>
    /// Whether the best passages are looked at word by word, which finds the right one first more often in English. The
    /// default is to: it takes a search some 25 to 40 ms of a processor, and the service a second model's memory.
    /// </summary>
    public bool LateInteraction { get; set; } = true;
}
