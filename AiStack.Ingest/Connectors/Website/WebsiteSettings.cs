using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AiStack.Ingest.Connectors.Website;

/// <summary>Which pages of a website are documents.</summary>
internal sealed record WebsiteSettings
{
    public const double MaxDelaySeconds = 60;

    private const int MaxList = 100;

    [Description("Addresses that the crawl starts from.")]
    [MinLength(1, ErrorMessage = "Give at least one address in 'start_urls'.")]
    [MaxLength(MaxList, ErrorMessage = "'start_urls' may have 100 addresses.")]
    public required IReadOnlyList<string> StartUrls { get; init; }

    [Description("Hosts whose pages are taken, besides those of the start addresses.")]
    [MaxLength(MaxList, ErrorMessage = "'hosts' may have 100 hosts.")]
    public IReadOnlyList<string> Hosts { get; init; } = [];

    [Description("Paths that are taken, as in robots.txt: /docs/, *.pdf$. None: all.")]
    [MaxLength(MaxList, ErrorMessage = "'include' may have 100 patterns.")]
    public IReadOnlyList<string> Include { get; init; } = [];

    [Description("Paths that are left out, even where they are included.")]
    [MaxLength(MaxList, ErrorMessage = "'exclude' may have 100 patterns.")]
    public IReadOnlyList<string> Exclude { get; init; } = [];

    [Description("How many links a page may be away from a start address or a sitemap.")]
    [Range(0, 100, ErrorMessage = "'max_depth' must be 0 to 100.")]
    public int MaxDepth { get; init; } = 10;

    [Description("How many addresses are asked for. What is not among them is not part of the source.")]
    [Range(1, 100_000, ErrorMessage = "'max_pages' must be 1 to 100,000.")]
    public int MaxPages { get; init; } = 1_000;

    [Description("How long one page or document may be, in bytes; a page at most 33,554,432.")]
    [Range(1_024, 200 << 20, ErrorMessage = "'max_page_bytes' must be 1,024 to 209,715,200.")]
    public int MaxPageBytes { get; init; } = 20 << 20;

    [Description("How many bytes one run may read.")]
    [Range(1_024, 1L << 40, ErrorMessage = "'max_bytes' must be 1,024 to 1,099,511,627,776.")]
    public long MaxBytes { get; init; } = 2L << 30;

    [Description("How long one run may take, in minutes. What it did not come to stays as it is.")]
    [Range(0.1, 1_440, ErrorMessage = "'max_minutes' must be 0.1 to 1,440.")]
    public double MaxMinutes { get; init; } = 60;

    [Description("How long to wait between requests, in seconds; a site's robots.txt may ask for more.")]
    [Range(0, MaxDelaySeconds, ErrorMessage = "'delay_seconds' must be 0 to 60.")]
    public double DelaySeconds { get; init; } = 0.5;

    [Description("Whether addresses are taken from sitemaps, too.")]
    public bool UseSitemaps { get; init; } = true;

    [Description("Whether linked documents that are no pages are taken, such as PDF and DOCX.")]
    public bool TakeDocuments { get; init; } = true;

    [Description("Who asks; its first word is looked for in robots.txt.")]
    [RegularExpression("""^[!-~]+( [ -~]*)?$""", ErrorMessage = "'user_agent' must be words of ASCII.")]
    [MaxLength(200, ErrorMessage = "'user_agent' may have 200 characters.")]
    public string UserAgent { get; init; } = "AiStack/1.0";

    /// <summary>The name by which robots.txt knows us.</summary>
    public string Product() => UserAgent.Split(['/', ' '], 2)[0];
}
