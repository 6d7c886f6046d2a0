using AiStack.Contracts;

namespace AiStack.ServiceDefaults.Errors;

/// <summary>How a body is refused that is longer than endpoints take which say nothing of their own.</summary>
internal static class LongBody
{
    public const long MaxBytes = 32L << 20;

    public static Fault Fault { get; } = new(
        FaultCode.PayloadTooLarge, $"The request's body is larger than the limit of {MaxBytes} bytes.");
}
