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
        string? user,
        CancellationToken cancellationToken) =>
        gateway.PostAsync<FeedbackView>(
            "/api/feedback", new { ResponseId = responseId, verdict, correction, comment, user }, cancellationToken);

    public Task<Outcome<Files.Deleted>> TakeBackAsync(string feedbackId, CancellationToken cancellationToken) =>
        gateway.DeleteAsync<Files.Deleted>($"/api/feedback/{Uri.EscapeDataString(feedbackId)}", cancellationToken);
}

/// <summary>Feedback as the API shows it.</summary>
public sealed record FeedbackView(
    string Id, string ResponseId, string Verdict, string? Correction, string? Comment, string User);
