using AiStack.ServiceDefaults.Options;

namespace AiStack.Serving.Engines;

/// <summary>Whether texts may leave in traces.</summary>
internal sealed class ContentOptions : ISectionOptions
{
    /// <summary>OpenTelemetry's own setting, which Aspire's host gives to every service in development.</summary>
    private const string Standard = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT";

    public static string Section => "Telemetry";

    /// <summary>
    /// Put prompts, passages and answers into spans. The default is OpenTelemetry's setting, and without that: on in
    /// development, where the texts are the developer's own, and off elsewhere, where readers of traces would see
    /// people's questions.
    /// </summary>
    public bool CaptureContent { get; set; }

    /// <summary>Sets the default, before a setting is read.</summary>
    public void SetDefault(IConfiguration configuration, IHostEnvironment environment) =>
        CaptureContent = configuration[Standard] is { Length: > 0 } standard
            ? standard.ToUpperInvariant() is "TRUE" or "SPAN_ONLY" or "SPAN_AND_EVENT"
            : environment.IsDevelopment();
}
