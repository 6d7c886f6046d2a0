using AiStack.Contracts;

namespace AiStack.Serving.Pipeline;

/// <summary>
/// A fault on its way out of an engine. <see cref="Microsoft.Extensions.AI.IChatClient"/> has no other way to say one;
/// the answer's edge turns it back.
/// </summary>
internal class EngineFaultException(Fault fault, Exception? inner = null) : Exception(fault.Message, inner)
{
    public Fault Fault { get; } = fault;
}
