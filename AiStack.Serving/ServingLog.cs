namespace AiStack.Serving;

internal static partial class ServingLog
{
    // The exception itself stays out: a model's server may repeat the prompt in its error.
    [LoggerMessage(1, LogLevel.Warning, "Engine {Engine} gave no answer: {Reason} ({Cause})")]
    public static partial void EngineFailed(this ILogger logger, string engine, string reason, string cause);

    [LoggerMessage(2, LogLevel.Error, "The record of an answer that ended as {Status} could not be written.")]
    public static partial void RecordLost(this ILogger logger, Exception exception, string status);
}
