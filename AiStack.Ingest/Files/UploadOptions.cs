using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Ingest.Files;

/// <summary>What may be uploaded.</summary>
internal sealed class UploadOptions : ISectionOptions
{
    public static string Section => "Ingest:Upload";

    /// <summary>The largest file accepted, in bytes. The default is OpenAI's own limit.</summary>
    [Range(1, 1L << 40)]
    public long MaxSizeBytes { get; set; } = 512L << 20;
}
