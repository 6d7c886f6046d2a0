using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Evals.Datasets;

/// <summary>How large a dataset may be. A run keeps its own copy, so these bound what one run stores.</summary>
internal sealed class DatasetOptions : ISectionOptions
{
    public static string Section => "Evals:Dataset";

    /// <summary>
    /// The most items. The default, 5,000, narrows a proportion's interval to about one point to each side.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxItems { get; set; } = 5_000;

    /// <summary>The longest line. The default, 64 KiB, is far past any question with its answer.</summary>
    [Range(256, 1 << 20)]
    public int MaxLineBytes { get; set; } = 64 << 10;

    /// <summary>The largest file. The default, 16 MiB, is read into memory whole.</summary>
    [Range(256, 256L << 20)]
    public long MaxBytes { get; set; } = 16L << 20;
}
