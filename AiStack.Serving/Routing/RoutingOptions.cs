using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Serving.Routing;

/// <summary>When an engine that fails is left alone, and a version that fails is taken out.</summary>
internal sealed class RoutingOptions : ISectionOptions
{
    public static string Section => "Serving:Routing";

    /// <summary>From which share of failures within <see cref="Within"/> on it is left alone.</summary>
    [Range(0.01, 1)]
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>With fewer requests than these nothing is concluded.</summary>
    [Range(2, 10_000)]
    public int MinRequests { get; set; } = 4;

    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Within { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long it is left alone; then one request tries it. The default is about as long as a server takes to start.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "01:00:00")]
    public TimeSpan BreakFor { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one that takes no more requests (429) is left alone when it does not say.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan CoolFor { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often it is looked whether a version breaks the limits that it was brought in with.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan WatchEvery { get; set; } = TimeSpan.FromSeconds(2);
}
