using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;

namespace AiStack.ServiceDefaults.Work;

/// <summary>How work is leased and tried again.</summary>
public sealed class WorkOptions : ISectionOptions
{
    public static string Section => "Work";

    /// <summary>How long a worker may take over one batch before another takes it over. It bounds how long a crash delays work.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often an idle worker looks by itself, in case a wake-up was lost.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan Poll { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The delay before the second attempt; it doubles with each one after, with up to a half of jitter.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:05:00")]
    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest delay between two attempts.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan LongestRetry { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many failures of its own an item may have before it is parked. An outage of a dependency does not count.</summary>
    [Range(1, 1000)]
    public int MaxAttempts { get; set; } = 8;
}
