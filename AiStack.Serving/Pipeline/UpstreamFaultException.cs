using AiStack.Contracts;

namespace AiStack.Serving.Pipeline;

/// <summary>The model's server failed, so that another might do better.</summary>
/// <param name="code">The server's own word for it, where it has one: <c>context_length_exceeded</c>.</param>
internal sealed class UpstreamFaultException(Fault fault, string? code = null, Exception? inner = null)
    : EngineFaultException(fault, inner)
{
    public string? Code { get; } = code;
}
