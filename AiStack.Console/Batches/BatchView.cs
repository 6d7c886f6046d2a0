using System.Globalization;
using AiStack.Console.Frame;
using AiStack.Console.Usage;

namespace AiStack.Console.Batches;

/// <summary>A batch as the API shows it.</summary>
public sealed record BatchView(
    string Id,
    string Endpoint,
    string InputFileId,
    string Status,
    string? OutputFileId,
    string? ErrorFileId,
    long CreatedAt,
    long? CompletedAt,
    long? FailedAt,
    long? ExpiredAt,
    long? CancelledAt,
    BatchView.Counts RequestCounts,
    BatchView.ErrorList? Errors = null,
    BatchView.Tokens? Usage = null,
    decimal? Cost = null,
    string? Currency = null)
{
    public DateTimeOffset Created => DateTimeOffset.FromUnixTimeSeconds(CreatedAt);

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? Ended => (CompletedAt ?? FailedAt ?? ExpiredAt ?? CancelledAt) is { } at
        ? DateTimeOffset.FromUnixTimeSeconds(at) : null;

    /// <summary>True while something of it still changes.</summary>
    public bool IsRunning => Status is "validating" or "in_progress" or "finalizing" or "cancelling";

    public bool MayBeCancelled => Status is "validating" or "in_progress";

    /// <summary>Its status in words.</summary>
    public string State => Status switch
    {
        "validating" => "Being checked",
        "in_progress" => "Running",
        "finalizing" => "Writing its files",
        "cancelling" => "Being cancelled",
        "completed" when RequestCounts.Failed > 0 => "Completed, with failures",
        _ => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(Status),
    };

    /// <summary>The mark beside the words, as the states of files have it.</summary>
    public string Mark => Status switch
    {
        "completed" when RequestCounts.Failed > 0 => "warned",
        "completed" => "completed",
        "failed" => "failed",
        "expired" => "warned",
        _ => IsRunning ? "in_progress" : "cancelled",
    };

    /// <summary>What its answers cost so far; null where no price is known, or nothing is answered.</summary>
    public string? CostText => Cost is { } cost && Currency is not null ? Money.Text(cost, Currency) : null;

    public string? TokenText => Usage is { TotalTokens: > 0 } ? Words.Count(Usage.TotalTokens, "token") : null;

    /// <summary>How far it is, for those who do not see the bar.</summary>
    public string Said => $"{RequestCounts.Completed} completed and {RequestCounts.Failed} failed "
        + $"of {Words.Count(RequestCounts.Total, "request")}";

    /// <summary>A share of the requests, in percent of a bar.</summary>
    public string Share(int part) =>
        (RequestCounts.Total == 0 ? 0 : 100.0 * part / RequestCounts.Total)
        .ToString("0.##", CultureInfo.InvariantCulture);

    public sealed record Counts(int Total, int Completed, int Failed);

    public sealed record Tokens(long TotalTokens);

    public sealed record ErrorList(IReadOnlyList<LineError> Data);

    /// <summary>Why the batch was not begun.</summary>
    public sealed record LineError(string Code, string Message, int? Line = null)
    {
        public string Text => Line is { } line ? $"Line {Words.Number(line)}: {Message}" : Message;
    }
}
