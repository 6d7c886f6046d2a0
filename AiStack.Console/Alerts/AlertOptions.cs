using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Console.Alerts;

/// <summary>When the Console says that somebody should look.</summary>
internal sealed class AlertOptions : ISectionOptions
{
    public static string Section => "Console:Alerts";

    /// <summary>How often the rules are looked at. The default is how often services report.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan CheckEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The time that errors and latencies are judged over. The default forgives a restart, and hides no outage.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:30", "01:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a rule must find something before it is an alert. The default forgives a start and a restart.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan RaiseAfter { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long an alert stays after its reason has gone. The default makes one alert of a reason that comes and goes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan ClearAfter { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// The share of requests that may fail. The default is more than single mishaps and less than an outage.
    /// </summary>
    [Range(0.001, 1)]
    public double MaxErrorShare { get; set; } = 0.05;

    /// <summary>Fewer requests than these in the window prove nothing: one of three is not a third.</summary>
    [Range(1, 1_000_000)]
    public int MinRequests { get; set; } = 20;

    /// <summary>
    /// The longest that 95 % of requests may take. The default is longer than an answer of the built-in model takes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")]
    public TimeSpan MaxLatency { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The longest that work may wait in a queue. The default is several times what a large file takes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxQueueAge { get; set; } = TimeSpan.FromMinutes(10);
}
