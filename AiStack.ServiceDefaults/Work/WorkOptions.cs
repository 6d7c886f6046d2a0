using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;

namespace AiStack.ServiceDefaults.Work;

/// <summary>How work is leased and tried again.</summary>
public sealed class WorkOptions : ISectionOptions
{
    public static string Section => "Work";

    /// <summary>
    /// How long an item is a worker's; a living worker renews it. It bounds how long a crash delays work.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:03", "01:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The longest that one batch may be worked on: then it is cancelled, which is a failure. The default fits the
    /// largest file.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "06:00:00")]
    public TimeSpan MaxHandling { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often an idle worker looks by itself, in case a wake-up was lost.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan Poll { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The delay before the second attempt; it doubles with each one after, with up to a half of jitter.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:05:00")]
    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest delay between two attempts.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan LongestRetry { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How often the queues are counted for the metrics. The default shows within seconds that work piles up.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan CountEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How many failures of its own an item may have before it is parked. An outage of a dependency does not count.
    /// </summary>
    [Range(1, 1000)]
    public int MaxAttempts { get; set; } = 8;

    /// <summary>
    /// How many workers may die while they have an item before it is parked. Few: each takes its neighbours down, too.
    /// </summary>
    [Range(1, 100)]
    public int MaxCrashes { get; set; } = 3;
}
