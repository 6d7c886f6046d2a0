using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Ingest.Sources;

/// <summary>Work for Ingest itself: a turn of a run of a source.</summary>
internal sealed record SyncSource(Id<Source> SourceId, Id<SourceRun> RunId)
{
    public const string QueueName = "ingest.sync-source";
}

/// <summary>What a turn of a run knows of it.</summary>
/// <param name="NextCursor">What the first turn kept; null when it kept none.</param>
/// <param name="Attempt">
/// It fences: a turn that began later has another, and what this one stores counts no more.
/// </param>
internal sealed record RunRow(
    Id<Project> ProjectId, Id<Source> SourceId, Id<SourceRun> Id, Id<VectorStore> StoreId, string Kind,
    JsonElement Settings, byte[]? Secrets, string? Cursor, bool IsDry, int Attempt, int Found,
    bool HasStore, string? NextCursor)
{
    /// <summary>Begins a turn; null when the run has ended, or its source is gone.</summary>
    public static Task<RunRow?> BeginAsync(
        NpgsqlConnection connection, Id<Project> projectId, SyncSource work, DateTimeOffset now,
        CancellationToken cancellationToken) =>
        connection.FirstOrDefaultAsync(
            $"""
            update ingest.source_run run
            set attempt = run.attempt + 1, started_at = coalesce(run.started_at, {now})
            from ingest.source source
            where run.id = {work.RunId} and run.state = 'running' and source.id = run.source_id
              and source.deleted_at is null
            returning source.vector_store_id, source.kind, source.settings, source.secrets, source.cursor,
                      run.dry_run, run.attempt, run.found,
                      exists (select from retrieval.published_vector_store where id = source.vector_store_id),
                      run.next_cursor
            """,
            row => new RunRow(
                projectId,
                work.SourceId,
                work.RunId,
                new(row.GetGuid(0)),
                row.GetString(1),
                JsonSerializer.Deserialize<JsonElement>(row.GetString(2)),
                row.IsDBNull(3) ? null : row.GetFieldValue<byte[]>(3),
                row.IsDBNull(4) ? null : row.GetString(4),
                row.GetBoolean(5),
                row.GetInt32(6),
                row.GetInt32(7),
                row.GetBoolean(8),
                row.IsDBNull(9) ? null : row.GetString(9)),
            cancellationToken);
}

/// <summary>What a part of a run did.</summary>
internal sealed class RunCounts
{
    public int Found { get; set; }

    public int Added { get; set; }

    public int Changed { get; set; }

    public int Renamed { get; set; }

    public int Removed { get; set; }

    public int Unchanged { get; set; }

    public int Failed { get; set; }

    public long Bytes { get; set; }

    /// <summary>Whether something could not be read that may be read another time.</summary>
    public bool HasFailed { get; set; }

    public void Tell(IngestTelemetry telemetry)
    {
        telemetry.SourceItems("added", Added);
        telemetry.SourceItems("changed", Changed);
        telemetry.SourceItems("renamed", Renamed);
        telemetry.SourceItems("removed", Removed);
        telemetry.SourceItems("unchanged", Unchanged);
        telemetry.SourceItems("failed", Failed);
    }
}

/// <summary>The run was cancelled, or another worker has it: what this one does counts no more.</summary>
internal sealed class TurnOverException() : Exception("The run has ended, or another worker has it.");
