using AiStack.Contracts;
using AiStack.Ingest.Holds;
using AiStack.ServiceDefaults.Erasures;

namespace AiStack.Ingest.Erasures;

/// <summary>What is to be erased, and why.</summary>
/// <param name="Identifiers">Of a person: the ways in which texts name them.</param>
/// <param name="User">An end user, as programs name them to the API (<c>user</c>, <c>safety_identifier</c>).</param>
/// <param name="Of">Of age: <c>answers</c>, <c>files</c>, <c>feedback</c>; all of them without it.</param>
internal sealed record ErasureRequest(
    string? By = null, string? FileId = null, string? SourceId = null, IReadOnlyList<string>? Identifiers = null,
    string? User = null, int? OlderThanDays = null, IReadOnlyList<string>? Of = null, string? Reason = null,
    bool DryRun = false)
{
    private static readonly string[] _aged = ["answers", "files", "feedback"];

    public Fault? Check() => NameLimits.CheckReason(Reason) ?? By switch
    {
        ErasureCriteria.File => Id<StoredFile>.TryParse(FileId, null, out _)
            ? null : NameLimits.Wrong("'file_id' must be a file's id.", "file_id"),
        ErasureCriteria.Source => Id<Source>.TryParse(SourceId, null, out _)
            ? null : NameLimits.Wrong("'source_id' must be a source's id.", "source_id"),
        ErasureCriteria.Person => NameLimits.CheckNames(Identifiers) ?? CheckSilence(Identifiers!),
        ErasureCriteria.EndUser => NameLimits.CheckUser(User) ?? CheckSilence([User!]),
        ErasureCriteria.Age => OlderThanDays is not (>= 1 and <= RetentionDays.Max)
            ? NameLimits.Wrong($"'older_than_days' must be from 1 to {RetentionDays.Max}.", "older_than_days")
            : Of is not null && (Of.Count == 0 || Of.Except(_aged).Any())
                ? NameLimits.Wrong("'of' must have some of 'answers', 'files' and 'feedback'.", "of")
                : null,
        _ => NameLimits.Wrong("'by' must be 'file', 'source', 'person', 'end_user' or 'age'.", "by"),
    };

    public ErasureCriteria ToCriteria(DateTimeOffset now)
    {
        DateTimeOffset? Before(string what) =>
            By == ErasureCriteria.Age && (Of ?? _aged).Contains(what) ? now.AddDays(-OlderThanDays!.Value) : null;

        return new(
            By!,
            By == ErasureCriteria.File ? Id<StoredFile>.Parse(FileId!, null) : null,
            By == ErasureCriteria.Source ? Id<Source>.Parse(SourceId!, null) : null,
            Before("answers"), Before("files"), Before("feedback"));
    }

    /// <summary>The reason stays, in the receipt too: it must not be what is left of a person.</summary>
    private Fault? CheckSilence(IEnumerable<string> names) => new Mentions(names, []).AreIn(Reason)
        ? NameLimits.Wrong("'reason' must not name whom it is about: it is kept. Say the case's number.", "reason")
        : null;
}
