using System.ClientModel.Primitives;

namespace AiStack.Serving.Engines.OpenAi;

/// <summary>
/// Tries again what failed before its first words, after about a second. A server that says when to come back, or that
/// it has too much to do, is not asked again: the caller is told at once, and knows best whether to wait.
/// </summary>
internal sealed class UpstreamRetries(int maxRetries) : ClientRetryPolicy(maxRetries)
{
    private static readonly AsyncLocal<bool> _areOff = new();

    /// <summary>Has what is asked from here on asked once only. It ends with the method that says so.</summary>
    public static void TurnOff() => _areOff.Value = true;

    protected override bool ShouldRetry(PipelineMessage message, Exception? exception) =>
        !_areOff.Value && !AsksToWait(message.Response) && base.ShouldRetry(message, exception);

    protected override ValueTask<bool> ShouldRetryAsync(PipelineMessage message, Exception? exception) =>
        _areOff.Value || AsksToWait(message.Response)
            ? ValueTask.FromResult(false)
            : base.ShouldRetryAsync(message, exception);

    private static bool AsksToWait(PipelineResponse? response) =>
        response is { Status: StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable }
        || response?.Headers.TryGetValue("retry-after", out _) == true;
}
