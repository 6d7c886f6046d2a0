using System.Globalization;
using AiStack.Contracts;
using AiStack.Retrieval.Privacy;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Retrieval.Versions;

/// <summary>
/// Lists what a store holds, or held at a time, as far as it is in sight: who may not see a file now is not told that
/// it was there. Names are those of now; of a deleted file there is none.
/// </summary>
internal static class ListContents
{
    /// <param name="at">A moment, as ISO 8601 has it; now when left out.</param>
    public static async Task<IResult> HandleAsync(
        string id, [AsParameters] PageQuery query, Caller caller, NpgsqlDataSource database, StandInKeys standIns,
        TimeProvider time, CancellationToken cancellationToken, string? at = null)
    {
        var moment = time.GetUtcNow();
        if (at is not null && !DateTimeOffset.TryParse(
            at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out moment))
        {
            return new Fault(
                FaultCode.InvalidArgument,
                "'at' must be a moment such as '2026-11-30T12:00:00Z' (in a URL '+' is '%2B').", "at")
                .ToResult();
        }

        if (!query.Read<StoredFile>(newestFirst: true).TryGet(out var page, out var fault))
        {
            return fault.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (!(await StoreRows.FindToChangeAsync(connection, id, cancellationToken)).TryGet(out var store, out fault))
        {
            return fault.ToResult();
        }

        var files = await ReadAsync(
            connection, store, at is null ? null : moment.ToUniversalTime(), Sight.Of(caller), page,
            standIns.Of(caller.ProjectId), cancellationToken);
        return TypedResults.Ok(page.Of(files, file => file.FileId.ToString()));
    }

    private static Task<List<HeldFile>> ReadAsync(
        NpgsqlConnection connection, Id<VectorStore> store, DateTimeOffset? at, Sight sight, PageRequest page,
        StandIns standIns, CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            select h.file_id, (select filename from ingest.published_file where id = h.file_id), h.revision_id,
                   h.valid_from, h.valid_to, (select privacy from retrieval.vector_store where id = {store})
            from retrieval.held h
            where h.vector_store_id = {store}
              and case when {at}::timestamptz is null then h.valid_to is null
                       else h.valid_from <= {at} and (h.valid_to is null or h.valid_to > {at}) end
              and ({sight.OfAll} or ((h.principals is null or h.principals && {sight.Principals})
                   and not ingest.is_for_others(h.file_id, {sight.Principals})))
              and ({page.NewerThan}::uuid is null or h.file_id > {page.NewerThan})
              and ({page.OlderThan}::uuid is null or h.file_id < {page.OlderThan})
            order by h.file_id {page.Direction}
            limit {page.Rows}
            """,
            row => new HeldFile(
                new(row.GetGuid(0)),
                PrivacyPolicy.Read(row, 5, standIns).MaskedName(row.IsDBNull(1) ? null : row.GetString(1)),
                new(row.GetGuid(2)),
                row.GetFieldValue<DateTimeOffset>(3), row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4)),
            cancellationToken);
}

/// <summary>A file that a store held.</summary>
/// <param name="Filename">Null once the file is deleted.</param>
/// <param name="Since">Since when it was found so.</param>
/// <param name="Until">Until when; null where it still is.</param>
internal sealed record HeldFile(
    Id<StoredFile> FileId, string? Filename, Id<Revision> RevisionId, DateTimeOffset Since, DateTimeOffset? Until)
{
    public string Object { get; } = "vector_store.held_file";
}
