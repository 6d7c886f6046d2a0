using System.Diagnostics;
using OpenTelemetry;

namespace AiStack.ServiceDefaults.Telemetry;

/// <summary>
/// Keeps the cache's spans (<c>EVAL</c>) only as a part of something that is traced, as <see cref="StatementSpans"/>
/// keeps statements. The pings of a health check would be a trace each, hundreds an hour.
/// </summary>
internal sealed class CacheSpans : BaseProcessor<Activity>
{
    /// <summary>The source of the instrumentation that Aspire's integration has inside.</summary>
    public const string Source = "OpenTelemetry.Instrumentation.StackExchangeRedis";

    public override void OnEnd(Activity data)
    {
        // A parent's id ends with its flags: 00 is one that is not recorded.
        if (data.Source.Name == Source && data.ParentId?.EndsWith("-00", StringComparison.Ordinal) != false)
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }
}
