using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Paging;
using Npgsql;

namespace AiStack.Ingest.Sources;

/// <summary>A source as admins see it: never with its secrets.</summary>
/// <param name="HasSecrets">The names of those that are kept.</param>
/// <param name="Schedule">Cron; null when it is read by hand alone.</param>
/// <param name="PausedBecause">Why it paused itself; null when people did.</param>
/// <param name="Problems">Documents that could not be read.</param>
internal sealed record SourceObject(
    Id<Source> Id,
    string Name,
    string Kind,
    JsonElement Settings,
    IReadOnlyList<string> HasSecrets,
    Id<VectorStore> VectorStoreId,
    string? Schedule,
    string TimeZone,
    bool Paused,
    string? PausedBecause,
    long? NextRunAt,
    long CreatedAt,
    long UpdatedAt,
    string UpdatedBy,
    long Documents,
    long Problems)
{
    public string Object { get; } = "source";

    /// <summary>The newest one; null before the first.</summary>
    public SourceRunObject? LastRun { get; init; }

    public static async Task<SourceObject?> FindAsync(
        NpgsqlConnection connection, Id<Source> id, CancellationToken cancellationToken)
    {
        var found = await ReadAsync(connection, [id.Value], SortDirection.Ascending, cancellationToken);
        return found is [var source] ? source : null;
    }

    public static async Task<List<SourceObject>> ListAsync(
        NpgsqlConnection connection, PageRequest page, CancellationToken cancellationToken)
    {
        var ids = await connection.ListAsync(
            $"""
            select id
            from ingest.source
            where deleted_at is null
              and ({page.NewerThan}::uuid is null or id > {page.NewerThan})
              and ({page.OlderThan}::uuid is null or id < {page.OlderThan})
            order by id {page.Direction}
            limit {page.Rows}
            """,
            row => row.GetGuid(0),
            cancellationToken);
        return await ReadAsync(connection, [.. ids], page.Direction, cancellationToken);
    }

    private static async Task<List<SourceObject>> ReadAsync(
        NpgsqlConnection connection, Guid[] ids, SortDirection direction, CancellationToken cancellationToken)
    {
        var sources = await connection.ListAsync(
            $"""
            select s.id, s.name, s.kind, s.settings, s.secret_names, s.vector_store_id, s.schedule, s.time_zone,
                   s.paused, s.paused_because, s.next_run_at, s.created_at, s.updated_at, s.updated_by, i.documents,
                   i.problems
            from ingest.source s
            cross join lateral (
                select count(*) filter (where file_id is not null) as documents,
                       count(*) filter (where problem is not null) as problems
                from ingest.source_item
                where source_id = s.id
            ) i
            where s.id = any({ids}) and s.deleted_at is null
            order by s.id {direction}
            """,
            Read,
            cancellationToken);
        var runs = await SourceRunObject.LastAsync(connection, ids, cancellationToken);
        return [.. sources.Select(source => source with { LastRun = runs.GetValueOrDefault(source.Id) })];
    }

    private static SourceObject Read(NpgsqlDataReader row) => new(
        new(row.GetGuid(0)),
        row.GetString(1),
        row.GetString(2),
        JsonSerializer.Deserialize<JsonElement>(row.GetString(3)),
        row.GetFieldValue<string[]>(4),
        new(row.GetGuid(5)),
        row.IsDBNull(6) ? null : row.GetString(6),
        row.GetString(7),
        row.GetBoolean(8),
        row.IsDBNull(9) ? null : row.GetString(9),
        row.IsDBNull(10) ? null : row.GetFieldValue<DateTimeOffset>(10).ToUnixTimeSeconds(),
        row.GetFieldValue<DateTimeOffset>(11).ToUnixTimeSeconds(),
        row.GetFieldValue<DateTimeOffset>(12).ToUnixTimeSeconds(),
        row.GetString(13),
        row.GetInt64(14),
        row.GetInt64(15));
}
