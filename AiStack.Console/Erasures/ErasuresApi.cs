using AiStack.Console.Gateway;
using AiStack.Contracts;

namespace AiStack.Console.Erasures;

/// <summary>Erasures, legal holds and retention as Ingest has them.</summary>
internal sealed class ErasuresApi(GatewayClient gateway)
{
    private const string Path = "/api/erasures";
    private const string HoldPath = "/api/legal-holds";
    private const string RetentionPath = "/api/retention";

    public Task<Outcome<Page<ErasureView>>> ListAsync(CancellationToken cancellationToken) =>
        gateway.GetAsync<Page<ErasureView>>($"{Path}?limit=50", cancellationToken);

    public Task<Outcome<ErasureView>> GetAsync(string id, CancellationToken cancellationToken) =>
        gateway.GetAsync<ErasureView>($"{Path}/{Uri.EscapeDataString(id)}", cancellationToken);

    public Task<Outcome<ErasureView>> CreateAsync(ErasureForm form, bool dryRun, CancellationToken cancellationToken) =>
        gateway.PostAsync<ErasureView>(Path, form.ToRequest(dryRun), cancellationToken);

    public Task<Outcome<ErasureView>> RetryAsync(string id, CancellationToken cancellationToken) =>
        gateway.PostAsync<ErasureView>($"{Path}/{Uri.EscapeDataString(id)}/retry", new { }, cancellationToken);

    public Task<Outcome<HttpResponseMessage>> ReceiptAsync(string id, CancellationToken cancellationToken) =>
        gateway.OpenAsync($"{Path}/{Uri.EscapeDataString(id)}/receipt", cancellationToken);

    public Task<Outcome<Page<HoldView>>> ListHoldsAsync(CancellationToken cancellationToken) =>
        gateway.GetAsync<Page<HoldView>>($"{HoldPath}?limit=50", cancellationToken);

    public Task<Outcome<HoldView>> HoldAsync(object request, CancellationToken cancellationToken) =>
        gateway.PostAsync<HoldView>(HoldPath, request, cancellationToken);

    public Task<Outcome<HoldView>> ReleaseAsync(string id, string reason, CancellationToken cancellationToken) =>
        gateway.PostAsync<HoldView>(
            $"{HoldPath}/{Uri.EscapeDataString(id)}/release", new { reason }, cancellationToken);

    public Task<Outcome<RetentionView>> GetRetentionAsync(CancellationToken cancellationToken) =>
        gateway.GetAsync<RetentionView>(RetentionPath, cancellationToken);

    public Task<Outcome<RetentionView>> SetRetentionAsync(
        RetentionView days, CancellationToken cancellationToken) =>
        gateway.PutAsync<RetentionView>(
            RetentionPath, new { days.AnswersDays, days.FilesDays, days.FeedbackDays }, cancellationToken);
}

/// <summary>An erasure as the API shows it.</summary>
public sealed record ErasureView(
    string Id, string Status, bool DryRun, string? Turn, CriteriaView Criteria, string Reason, string RequestedBy,
    long CreatedAt, string? Error, bool HasReceipt, IReadOnlyList<CountView> Counts)
{
    public DateTimeOffset Begun => DateTimeOffset.FromUnixTimeSeconds(CreatedAt);

    public bool IsRunning => Status == "running";

    public string State => Status switch
    {
        "running" => $"{Turn} is at it",
        "failed" => "Failed",
        _ when DryRun => "Nothing was changed",
        _ => "Done",
    };
}

/// <summary>What an erasure is of.</summary>
public sealed record CriteriaView(string By, string? FileId, string? SourceId)
{
    public string Words => By switch
    {
        "file" => "A file",
        "source" => "A source",
        "person" => "A person",
        "end_user" => "An end user",
        _ => "What is old",
    };
}

/// <summary>Rows of a table that an erasure found.</summary>
public sealed record CountView(string Kind, long Erased, long Held, long Remains);

/// <summary>A legal hold as the API shows it.</summary>
public sealed record HoldView(
    string Id, string Subject, string? SubjectId, IReadOnlyList<string>? Identifiers, string? User, string Reason,
    long CreatedAt, long? ReleasedAt, string? ReleaseReason)
{
    public DateTimeOffset Begun => DateTimeOffset.FromUnixTimeSeconds(CreatedAt);

    public string Of => SubjectId ?? User ?? (Identifiers is null ? Subject : string.Join(", ", Identifiers));
}

/// <summary>How many days things are kept; null: for ever.</summary>
public sealed record RetentionView(int? AnswersDays, int? FilesDays, int? FeedbackDays);
