using AiStack.Console.Gateway;
using AiStack.Contracts;

namespace AiStack.Console.Ask;

/// <summary>Keeps what people think of answers.</summary>
internal sealed class FeedbackApi(GatewayClient gateway)
{
    /// <summary>What the API takes at most.</summary>
    public const int MaxCorrectionLength = 20_000;
    public const int MaxCommentLength = 4_000;

    /// <summary>Says it in the name of a person, and replaces what they said of the answer before.</summary>
    public Task<Outcome<FeedbackView>> GiveAsync(
        string responseId,
        string verdict,
        string? correction,
        string? comment,
        string user,
        CancellationToken cancellationToken) =>
        gateway.PostAsync<FeedbackView>(
            "/api/feedback", new { ResponseId = responseId, verdict, correction, comment, user }, cancellationToken);

    /// <summary>Takes back a person's own verdict, and no one else's.</summary>
    public async Task<Outcome<Files.Deleted>> TakeBackAsync(
        string feedbackId, string user, CancellationToken cancellationToken)
    {
        var path = $"/api/feedback/{Uri.EscapeDataString(feedbackId)}";
        var outcome = await gateway.GetAsync<FeedbackView>(path, cancellationToken);
        return !outcome.TryGet(out var feedback, out var fault) ? fault
            : feedback.User != user ? new Fault(FaultCode.Forbidden, "This verdict was given under another sign-in.")
            : await gateway.DeleteAsync<Files.Deleted>(path, cancellationToken);
    }
}

/// <summary>Feedback as the API shows it.</summary>
public sealed record FeedbackView(
    string Id, string ResponseId, string Verdict, string? Correction, string? Comment, string User);
