using System.Globalization;
using AiStack.Contracts;

namespace AiStack.Evals.Feedback;

/// <summary>Which feedback is asked for, as a query string says it.</summary>
/// <param name="Verdict"><c>up</c> or <c>down</c>; without it, both.</param>
/// <param name="Since">Unix seconds: what was said or changed from then on.</param>
/// <param name="ResponseId">One answer's.</param>
/// <param name="User">One author's.</param>
internal readonly record struct FeedbackQuery(string? Verdict, string? Since, string? ResponseId, string? User)
{
    // The end of the year 9999, where both .NET and Postgres can follow.
    private const long LastSecond = 253_402_300_799;

    /// <summary>The filter that is meant; what cannot be one is a fault that names the parameter.</summary>
    public Outcome<FeedbackFilter> Read()
    {
        if (Verdict is not (null or "up" or "down"))
        {
            return new Fault(FaultCode.InvalidArgument, "'verdict' must be 'up' or 'down'.", "verdict");
        }

        var seconds = 0L;
        if (Since is not null
            && !(long.TryParse(Since, NumberStyles.None, CultureInfo.InvariantCulture, out seconds)
                && seconds <= LastSecond))
        {
            return new Fault(FaultCode.InvalidArgument, "'since' must be a time in Unix seconds.", "since");
        }

        if (ResponseId is not null && RatedAnswer.Parse(ResponseId) is null)
        {
            return new Fault(FaultCode.InvalidArgument, "'response_id' must be the id of an answer.", "response_id");
        }

        return new FeedbackFilter(
            Verdict,
            Since is null ? null : DateTimeOffset.FromUnixTimeSeconds(seconds),
            RatedAnswer.Parse(ResponseId)?.CompletionId,
            User);
    }
}

/// <summary>Which feedback is looked for; what is <c>null</c> leaves nothing out.</summary>
internal sealed record FeedbackFilter(string? Verdict, DateTimeOffset? Since, Guid? CompletionId, string? Author);
