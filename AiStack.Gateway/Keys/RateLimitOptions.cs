using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Gateway.Keys;

/// <summary>How fast one key may call.</summary>
internal sealed class RateLimitOptions : ISectionOptions
{
    public static string Section => "Gateway:RateLimits";

    /// <summary>
    /// Requests a key may make in any minute, over all replicas. The default stops a runaway loop, not a
    /// batch job: 1,000 a second.
    /// </summary>
    [Range(1, 10_000_000)]
    public int RequestsPerMinute { get; set; } = 60_000;
}
