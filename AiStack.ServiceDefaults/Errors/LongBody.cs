using AiStack.Contracts;

namespace AiStack.ServiceDefaults.Errors;

/// <summary>The refusal of a body that is longer than the default limit of endpoints.</summary>
internal static class LongBody
{
    public const long MaxBytes = 32L << 20;

    public static Fault Fault { get; } = new(
        FaultCode.PayloadTooLarge, $"The request's body is larger than the limit of {MaxBytes} bytes.");
}
