using AiStack.Contracts;
using AiStack.ServiceDefaults.Errors;
using AiStack.Serving.Pipeline;

namespace AiStack.Serving.Answers;

/// <summary>Distinguishes failures that a caller can be told about from bugs.</summary>
internal static class AnswerFaults
{
    /// <summary>The fault to tell the caller; null for a bug, and when it is the caller who has gone.</summary>
    public static Fault? Of(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        _ when cancellationToken.IsCancellationRequested => null,
        EngineFaultException known => known.Fault,
        // HttpClient reports its time-out as a cancellation, though no token was cancelled.
        OperationCanceledException { InnerException: TimeoutException } => Unreachable("an inner service"),
        HttpRequestException { StatusCode: not null } => Unreachable("an inner service"),
        _ when DependencyFailure.NameOf(exception) is { } dependency => Unreachable(dependency),
        _ => null,
    };

    private static Fault Unreachable(string dependency) =>
        new(FaultCode.DependencyUnavailable, $"The service cannot reach {dependency} now. Try again soon.");
}
