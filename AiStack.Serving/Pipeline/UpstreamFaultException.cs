using AiStack.Contracts;

namespace AiStack.Serving.Pipeline;

/// <summary>The model's server failed, so that another might do better.</summary>
/// <param name="code">The server's own word for it, where it has one: <c>context_length_exceeded</c>.</param>
internal sealed class UpstreamFaultException(Fault fault, string? code = null, Exception? inner = null)
    : EngineFaultException(fault, inner)
{
    /// <summary>OpenAI's word for a prompt that is longer than the model's window.</summary>
    public const string TooLong = "context_length_exceeded";

    public string? Code { get; } = code;
}
