using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Gateway.Idempotency;

/// <summary>What is kept of requests that come with an Idempotency-Key.</summary>
internal sealed class IdempotencyOptions : ISectionOptions
{
    public static string Section => "Gateway:Idempotency";

    /// <summary>
    /// The longest answer that is kept, to be given again, in bytes. The default holds what models write; a longer
    /// answer is given once.
    /// </summary>
    [Range(0, 64 << 20)]
    public int MaxAnswerBytes { get; set; } = 1 << 20;

    /// <summary>
    /// The longest body of such a request, in bytes: it is read whole before it is handed on. The default is two of
    /// the longest JSON bodies, and the longest part of an upload.
    /// </summary>
    [Range(1, 1L << 40)]
    public long MaxRequestBytes { get; set; } = 64L << 20;

    /// <summary>
    /// How long a request that is being answered is left to the replica that last said so. After a crash a retry
    /// waits that long, so the default is short.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromSeconds(30);
}
