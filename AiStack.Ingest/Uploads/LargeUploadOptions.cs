using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Ingest.Uploads;

/// <summary>What may be uploaded in parts. The defaults are OpenAI's limits.</summary>
internal sealed class LargeUploadOptions : ISectionOptions
{
    public static string Section => "Ingest:LargeUpload";

    /// <summary>The largest file, in bytes.</summary>
    [Range(1, 1L << 40)]
    public long MaxSizeBytes { get; set; } = 8L << 30;

    /// <summary>The largest part, in bytes.</summary>
    [Range(1, 1L << 32)]
    public long MaxPartBytes { get; set; } = 64L << 20;

    /// <summary>The most parts of one file. The default lets the largest file come in parts of 8 MiB.</summary>
    [Range(1, 10_000)]
    public int MaxParts { get; set; } = 1_024;

    /// <summary>
    /// How long an upload may take from its first request to its last; then its parts are thrown away.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan Expiry { get; set; } = TimeSpan.FromHours(1);
}
