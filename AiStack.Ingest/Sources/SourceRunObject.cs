using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Ingest.Sources;

/// <summary>A run of a source. Its counts grow while it is running.</summary>
/// <param name="Trigger"><c>hand</c>, <c>schedule</c> or <c>change</c>.</param>
/// <param name="Status"><c>running</c>, <c>completed</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="Missed">Parts that could not be listed, and why: what is known of them stays.</param>
internal sealed record SourceRunObject(
    Id<SourceRun> Id,
    Id<Source> SourceId,
    string Trigger,
    bool DryRun,
    bool AllowRemovals,
    string Status,
    SourceRunObject.Documents Counts,
    long Bytes,
    IReadOnlyList<string> Missed,
    string? Error,
    long CreatedAt,
    long? StartedAt,
    long? FinishedAt)
{
    public string Object { get; } = "source.run";

    /// <summary>Of a dry run, the first thousand documents that would change; null of others, and in lists.</summary>
    public IReadOnlyList<WouldChange>? Changes { get; init; }

    /// <summary>What became of the documents.</summary>
    /// <param name="Found">Listed so far.</param>
    internal sealed record Documents(
        int Found, int Added, int Changed, int Renamed, int Removed, int Unchanged, int Failed);

    public static async Task<SourceRunObject?> FindAsync(
        NpgsqlConnection connection, Id<SourceRun> id, CancellationToken cancellationToken) =>
        await connection.FirstOrDefaultAsync(
            $"""
            select id, source_id, trigger, dry_run, allow_removals, state, found, added, changed, renamed, removed,
                   unchanged, failed, bytes, missed, error, created_at, started_at, finished_at, changes
            from ingest.source_run
            where id = {id}
            """,
            row => Read(row) is { DryRun: true } dry
                ? dry with
                {
                    Changes = JsonSerializer.Deserialize<List<WouldChange>>(row.GetString(19), JsonDefaults.Options),
                }
                : Read(row),
            cancellationToken);

    /// <summary>The newest run of each source.</summary>
    public static async Task<Dictionary<Id<Source>, SourceRunObject>> LastAsync(
        NpgsqlConnection connection, Guid[] sources, CancellationToken cancellationToken)
    {
        var runs = await connection.ListAsync(
            $"""
            select r.id, r.source_id, r.trigger, r.dry_run, r.allow_removals, r.state, r.found, r.added, r.changed,
                   r.renamed, r.removed, r.unchanged, r.failed, r.bytes, r.missed, r.error, r.created_at, r.started_at,
                   r.finished_at
            from unnest({sources}) as source (id)
            cross join lateral (
                select id, source_id, trigger, dry_run, allow_removals, state, found, added, changed, renamed, removed,
                       unchanged, failed, bytes, missed, error, created_at, started_at, finished_at
                from ingest.source_run
                where source_id = source.id
                order by id desc
                limit 1
            ) r
            """,
            Read,
            cancellationToken);
        return runs.ToDictionary(run => run.SourceId);
    }

    /// <summary>Reads a row of the columns above, in their order.</summary>
    public static SourceRunObject Read(NpgsqlDataReader row) => new(
        new(row.GetGuid(0)),
        new(row.GetGuid(1)),
        row.GetString(2),
        row.GetBoolean(3),
        row.GetBoolean(4),
        row.GetString(5),
        new(
            row.GetInt32(6), row.GetInt32(7), row.GetInt32(8), row.GetInt32(9), row.GetInt32(10), row.GetInt32(11),
            row.GetInt32(12)),
        row.GetInt64(13),
        row.GetFieldValue<string[]>(14),
        row.IsDBNull(15) ? null : row.GetString(15),
        row.GetFieldValue<DateTimeOffset>(16).ToUnixTimeSeconds(),
        row.IsDBNull(17) ? null : row.GetFieldValue<DateTimeOffset>(17).ToUnixTimeSeconds(),
        row.IsDBNull(18) ? null : row.GetFieldValue<DateTimeOffset>(18).ToUnixTimeSeconds());
}
