using System.Text.Json;
using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.ServiceDefaults.Erasures;

/// <summary>What an erasure is of, besides names, which are sealed.</summary>
/// <param name="By"><c>file</c>, <c>source</c>, <c>person</c>, <c>end_user</c> or <c>age</c>.</param>
/// <param name="AnswersBefore">Of age: what was said before it goes; null: none of it. Likewise the other two.</param>
public sealed record ErasureCriteria(
    string By, Id<StoredFile>? FileId = null, Id<Source>? SourceId = null, DateTimeOffset? AnswersBefore = null,
    DateTimeOffset? FilesBefore = null, DateTimeOffset? FeedbackBefore = null)
{
    public const string File = "file";
    public const string Source = "source";
    public const string Person = "person";
    public const string EndUser = "end_user";
    public const string Age = "age";
}

/// <summary>What an erasure is to find, as it stands when a service has its turn.</summary>
/// <param name="Wanted">Names of the person; files that go, and answers, by their ids.</param>
/// <param name="Held">Names of people whom a legal hold is about.</param>
/// <param name="HeldUsers">End users whom one is about.</param>
/// <param name="HeldFiles">Files that were found, and that a hold keeps, by their ids.</param>
/// <param name="Holds">The holds that stand.</param>
public sealed record ErasureScope(
    Id<Erasure> Id, Id<Project> ProjectId, bool IsDryRun, ErasureCriteria Criteria, string? EndUser,
    IReadOnlyList<string> Names, Guid[] Files, Mentions Wanted, Mentions Held, string[] HeldUsers,
    Mentions HeldFiles, Guid[] Holds)
{
    /// <summary>The kind under which Ingest tells of files; answers made of what goes are found by them.</summary>
    public const string FileKind = "ingest.file";

    /// <summary>The kind under which Serving tells of answers; what was said of them is found by them.</summary>
    public const string AnswerKind = "serving.completion";

    /// <summary>The person's names alone, for places in which ids of what goes may stay.</summary>
    public Mentions WantedNames { get; } = new(Names, []);

    /// <summary>Whether texts must be read, and not only rows be chosen by an end user or a time.</summary>
    public bool ReadsWords => !Wanted.IsEmpty || !Held.IsEmpty;

    /// <summary>Null when it ended, or is another project's.</summary>
    public static async Task<ErasureScope?> LoadAsync(
        NpgsqlConnection connection, Id<Project> project, Id<Erasure> id, ErasureSecrets secrets,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        var found = await connection.FirstOrDefaultAsync(
            $"select criteria, names, dry_run from ingest.published_erasure where id = {id}",
            row => new Row(
                JsonSerializer.Deserialize<ErasureCriteria>(row.GetString(0), JsonDefaults.Options)!,
                row.IsDBNull(1) ? null : row.GetFieldValue<byte[]>(1),
                row.GetBoolean(2)),
            cancellationToken);
        if (found is null)
        {
            return null;
        }

        var items = await connection.ListAsync(
            $"""
            select kind, id, outcome = {ErasureOutcome.Held}
            from ingest.published_erasure_item
            where erasure_id = {id} and outcome in ({ErasureOutcome.Erased}, {ErasureOutcome.Held})
              and kind in ({FileKind}, {AnswerKind})
            """,
            row => (Kind: row.GetString(0), Id: ErasurePlace.IdOf(row.GetString(1)), IsHeld: row.GetBoolean(2)),
            cancellationToken);
        var gone = items.Where(item => !item.IsHeld).ToList();
        var holds = await connection.ListAsync(
            $"select id, names from ingest.published_legal_hold order by id",
            row => (Id: row.GetGuid(0), Names: row.IsDBNull(1) ? null : row.GetFieldValue<byte[]>(1)),
            cancellationToken);
        var held = holds.ConvertAll(hold => secrets.OpenHold(hold.Names, hold.Id));
        var (names, user) = secrets.Open(found.Names, id.Value);
        // What is old goes by its own age: an answer of yesterday stays, whatever file it was made from.
        var ids = found.Criteria.By == ErasureCriteria.Age ? [] : gone.Select(item => item.Id);
        return new(
            id, project, found.IsDryRun, found.Criteria, user, names,
            [.. gone.Where(item => item.Kind == FileKind).Select(item => item.Id)],
            new(names, ids),
            new(held.SelectMany(hold => hold.Names), []),
            [.. held.Select(hold => hold.EndUser).OfType<string>()],
            new([], items.Where(item => item is { Kind: FileKind, IsHeld: true }).Select(item => item.Id)),
            [.. holds.Select(hold => hold.Id)]);
    }

    private sealed record Row(ErasureCriteria Criteria, byte[]? Names, bool IsDryRun);
}
