using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Console.Telemetry;

/// <summary>
/// How much telemetry the Console holds. It is in memory alone: what is older, or more, is for a real back end.
/// </summary>
internal sealed class TelemetryOptions : ISectionOptions
{
    public static string Section => "Console:Telemetry";

    /// <summary>Spans of all traces. The default is some 10,000 questions, in about 60 MB.</summary>
    [Range(1_000, 5_000_000)]
    public int MaxSpans { get; set; } = 100_000;

    /// <summary>
    /// Spans of one trace. The default is more than a person reads; one that never ends must not push out all others.
    /// </summary>
    [Range(100, 1_000_000)]
    public int MaxSpansPerTrace { get; set; } = 10_000;

    /// <summary>
    /// Memory of all spans, by their texts. The default holds <see cref="MaxSpans"/> of the usual size three times
    /// over.
    /// </summary>
    [Range(1L << 20, 64L << 30)]
    public long MaxTraceBytes { get; set; } = 256L << 20;

    /// <summary>Log records. The default is about an hour of a busy stack.</summary>
    [Range(1_000, 5_000_000)]
    public int MaxLogs { get; set; } = 50_000;

    /// <summary>
    /// Memory of all log records, by their texts. The default holds <see cref="MaxLogs"/> with 2 KB each.
    /// </summary>
    [Range(1L << 20, 64L << 30)]
    public long MaxLogBytes { get; set; } = 128L << 20;

    /// <summary>Different dimensions of one instrument. The default is OpenTelemetry's own limit.</summary>
    [Range(10, 100_000)]
    public int MaxSeriesPerInstrument { get; set; } = 2_000;

    /// <summary>Series of all instruments. The default is some 20 processes with 500 each.</summary>
    [Range(100, 1_000_000)]
    public int MaxSeries { get; set; } = 10_000;

    /// <summary>
    /// Points of one series, the window that can be seen. The default is an hour of one point each five seconds.
    /// </summary>
    [Range(10, 100_000)]
    public int MaxPointsPerSeries { get; set; } = 720;

    /// <summary>
    /// Points of all series: where there are many series, each keeps less. The default is about 100 MB.
    /// </summary>
    [Range(10_000, 100_000_000)]
    public int MaxPoints { get; set; } = 1_000_000;

    /// <summary>
    /// Letters of one value; the rest is cut. The default holds a long prompt, where prompts are captured.
    /// </summary>
    [Range(64, 1_048_576)]
    public int MaxValueLength { get; set; } = 32_768;

    /// <summary>Attributes of one span, event, log record or point. The default is OpenTelemetry's own limit.</summary>
    [Range(8, 10_000)]
    public int MaxAttributes { get; set; } = 128;

    /// <summary>Events, and links, of one span. The default is OpenTelemetry's own limit.</summary>
    [Range(8, 10_000)]
    public int MaxEventsPerSpan { get; set; } = 128;
}
