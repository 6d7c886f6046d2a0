namespace AiStack.Serving;

internal static partial class ServingLog
{
    [LoggerMessage(1, LogLevel.Warning, "Engine {Engine} gave no answer: {Reason}")]
    public static partial void EngineFailed(this ILogger logger, Exception exception, string engine, string reason);

    [LoggerMessage(2, LogLevel.Error, "The record of an answer that ended as {Status} could not be written.")]
    public static partial void RecordLost(this ILogger logger, Exception exception, string status);
}
