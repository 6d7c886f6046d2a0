using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Ingest.Parsing;

/// <summary>How much of a file is parsed. A file past a limit fails, and its error names the limit.</summary>
internal sealed class ParsingOptions : ISectionOptions
{
    public static string Section => "Ingest:Parsing";

    /// <summary>
    /// The longest text of one file, in characters. The default is about 15,000 pages, and 350 MB while it is parsed.
    /// </summary>
    [Range(1_000, 512 << 20)]
    public int MaxTextLength { get; set; } = 32 << 20;

    /// <summary>
    /// The longest Markdown, HTML or JSON, in characters. They are held as a tree: at the default, 500 MB while it is
    /// parsed.
    /// </summary>
    [Range(1_000, 512 << 20)]
    public int MaxMarkupLength { get; set; } = 16 << 20;

    /// <summary>
    /// The most elements of an HTML page or a DOCX. At the default a page of nothing but tags takes 500 MB.
    /// </summary>
    [Range(1_000, 100_000_000)]
    public int MaxElements { get; set; } = 1_000_000;

    /// <summary>The most pages of a PDF.</summary>
    [Range(1, 1_000_000)]
    public int MaxPages { get; set; } = 20_000;

    /// <summary>
    /// The deepest nesting of HTML or DOCX elements or JSON values. People's documents stay far below.
    /// </summary>
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

    /// <summary>
    /// How many parsers may go on after their time was up. A thread cannot be ended, only its process: past this the
    /// service stops in good order, and whoever runs it starts it again.
    /// </summary>
    [Range(1, 100)]
    public int MaxRunaways { get; set; } = 2;
}
