using System.Text.Json;
using AiStack.Contracts;
using AiStack.Contracts.Quality;
using AiStack.Retrieval.Privacy;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Retrieval.Quality;

/// <summary>A run as the API shows it: a revision of a file that was to be indexed, and what was found of it.</summary>
/// <param name="Status">
/// <c>passed</c>, <c>warned</c>, <c>quarantined</c>, <c>releasing</c>, <c>released</c>, or <c>superseded</c>: another
/// revision of the file was judged since, or the file left the store.
/// </param>
internal sealed record RunObject(
    Id<QualityRun> Id,
    Id<VectorStore> VectorStoreId,
    Id<StoredFile> FileId,
    Id<Revision> RevisionId,
    string? Filename,
    string Status,
    long EvaluatedAt,
    long? ReleasedAt,
    Id<ApiKey>? ReleasedBy,
    string? ReleaseReason,
    IReadOnlyList<ExpectationResult> Results)
{
    private static readonly Uri _producer = new("urn:aistack:retrieval");

    public string Object { get; } = "quality.run";

    /// <summary>The same as a facet of OpenLineage.</summary>
    public DataQualityAssertions ToAssertions() =>
        new(_producer, [.. Results.Select(result => result.ToAssertion())]);

    /// <summary>The run, or the fault that there is none, or none in sight.</summary>
    public static async Task<Outcome<RunObject>> FindAsync(
        NpgsqlConnection connection, string store, string run, Sight sight, StandIns standIns,
        CancellationToken cancellationToken)
    {
        if (!(await StoreRows.FindAsync(connection, store, cancellationToken)).TryGet(out var storeId, out var fault))
        {
            return fault;
        }

        var found = Id<QualityRun>.TryParse(run, null, out var id)
            ? await ListAsync(connection, storeId, sight, id, null, null, null, SortDirection.Ascending, 1,
                standIns, cancellationToken)
            : [];
        return found is [var only]
            ? only
            : new Fault(FaultCode.NotFound, $"There is no run '{run}' in this vector store.", "run_id");
    }

    /// <summary>Those of files that are in the store, or the one of an id.</summary>
    public static Task<List<RunObject>> ListAsync(
        NpgsqlConnection connection, Id<VectorStore> store, Sight sight, Id<QualityRun>? id, string? status,
        Guid? newerThan, Guid? olderThan, SortDirection direction, int rows, StandIns standIns,
        CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            select r.id, r.vector_store_id, r.file_id, r.revision_id,
                   (select filename from ingest.published_file p where p.id = r.file_id), r.status, r.evaluated_at,
                   r.released_at, r.released_by, r.release_reason,
                   (select coalesce(jsonb_agg(jsonb_build_object(
                        'expectation', q.expectation, 'severity', q.severity, 'name', q.name, 'success', q.success,
                        'measured', q.measured, 'expected', q.expected) order by q.position), '[]')
                    from retrieval.quality_result q
                    where q.run_id = r.id),
                   (select privacy from retrieval.vector_store where id = {store})
            from retrieval.quality_run r
            join retrieval.store_file f on f.vector_store_id = r.vector_store_id and f.file_id = r.file_id
            where r.vector_store_id = {store} and f.removed_at is null
              and ({sight.OfAll} or f.principals is null or f.principals && {sight.Principals})
              and ({id?.Value}::uuid is null or r.id = {id?.Value})
              and ({status}::text is null or r.status = {status})
              and ({newerThan}::uuid is null or r.id > {newerThan})
              and ({olderThan}::uuid is null or r.id < {olderThan})
            order by r.id {direction}
            limit {rows}
            """,
            row => Read(row, standIns),
            cancellationToken);

    private static RunObject Read(NpgsqlDataReader row, StandIns standIns) => new(
        new(row.GetGuid(0)), new(row.GetGuid(1)), new(row.GetGuid(2)), new(row.GetGuid(3)),
        PrivacyPolicy.Read(row, 11, standIns).MaskedName(row.IsDBNull(4) ? null : row.GetString(4)), row.GetString(5),
        row.GetFieldValue<DateTimeOffset>(6).ToUnixTimeSeconds(),
        row.IsDBNull(7) ? null : row.GetFieldValue<DateTimeOffset>(7).ToUnixTimeSeconds(),
        row.IsDBNull(8) ? null : new Id<ApiKey>(row.GetGuid(8)),
        row.IsDBNull(9) ? null : row.GetString(9),
        JsonSerializer.Deserialize<List<ExpectationResult>>(row.GetString(10), JsonDefaults.Options)!);
}
