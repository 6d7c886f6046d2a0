using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Ingest.Parsing;

/// <summary>How much of a file is parsed. A file past a limit fails, and its error names the limit.</summary>
internal sealed class ParsingOptions : ISectionOptions
{
    public static string Section => "Ingest:Parsing";

    /// <summary>The longest text of one file, in characters. The default is about 30,000 pages, and 128 MiB of memory.</summary>
    [Range(1_000, 512 << 20)]
    public int MaxTextLength { get; set; } = 64 << 20;

    /// <summary>The most pages of a PDF.</summary>
    [Range(1, 1_000_000)]
    public int MaxPages { get; set; } = 20_000;

    /// <summary>The deepest nesting of HTML elements or JSON values. Documents written by people stay far below.</summary>
    [Range(8, 1_000)]
    public int MaxDepth { get; set; } = 256;

    /// <summary>What a DOCX may unpack to, in bytes. A bomb unpacks to thousands of times its size.</summary>
    [Range(1 << 20, 4L << 30)]
    public long MaxUnpackedBytes { get; set; } = 256L << 20;

    /// <summary>The most entries of a DOCX.</summary>
    [Range(10, 100_000)]
    public int MaxArchiveEntries { get; set; } = 5_000;

    /// <summary>How long one file may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:30:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(2);
}
