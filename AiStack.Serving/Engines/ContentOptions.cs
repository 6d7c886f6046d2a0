using AiStack.ServiceDefaults.Options;

namespace AiStack.Serving.Engines;

/// <summary>Whether texts may leave in traces.</summary>
internal sealed class ContentOptions : ISectionOptions
{
    public static string Section => "Telemetry";

    /// <summary>
    /// Put prompts and answers into spans. Off by default: whoever reads traces would read people's questions.
    /// </summary>
    public bool CaptureContent { get; set; }
}
