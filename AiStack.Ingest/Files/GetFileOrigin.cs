using AiStack.Contracts;
using AiStack.Contracts.Search;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Ingest.Files;

/// <summary>Tells where words of a file's text stand in the file itself.</summary>
internal static class GetFileOrigin
{
    /// <summary>Words on more passages than this are looked for in the first of them.</summary>
    private const int MaxChunks = 20;

    /// <param name="start">Where the words begin in the file's text, in UTF-16 code units.</param>
    public static async Task<IResult> HandleAsync(
        string id, int start, int end, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (!Id<StoredFile>.TryParse(id, null, out var fileId))
        {
            return FileEndpoints.NotProcessed(id).ToResult();
        }

        if (start < 0 || end <= start)
        {
            return new Fault(FaultCode.InvalidArgument, "'end' must be behind 'start'.", "end").ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (await RevisionAsync(connection, fileId, cancellationToken) is not { } revision)
        {
            return FileEndpoints.NotProcessed(id).ToResult();
        }

        var origins = await connection.ListAsync(
            $"""
            select origin, boxes, start_offset
            from ingest.chunk
            where revision_id = {revision} and start_offset < {end} and end_offset > {start}
            order by ordinal
            limit {MaxChunks}
            """,
            row => StoredOrigin.Read(row, 0, row.GetInt32(2)),
            cancellationToken);
        return TypedResults.Ok(new FileOrigin(fileId, start, end, Joined([.. origins.OfType<Origin>()], start, end)));
    }

    // The revision whose text GetFileText gives.
    private static Task<Guid?> RevisionAsync(
        NpgsqlConnection connection, Id<StoredFile> file, CancellationToken cancellationToken) =>
        connection.FirstOrDefaultAsync(
            $"""
            select r.id
            from ingest.file f
            join ingest.revision r on r.file_id = f.id
            where f.id = {file} and f.deleted_at is null
            order by r.id desc
            limit 1
            """,
            row => (Guid?)row.GetGuid(0),
            cancellationToken);

    private static Origin? Joined(List<Origin> origins, int start, int end)
    {
        if (origins.Count == 0)
        {
            return null;
        }

        // Passages overlap, so that a line may be in two of them.
        var boxes = origins.SelectMany(origin => origin.Boxes ?? [])
            .Where(box => box.Start < end && box.End > start)
            .DistinctBy(box => (box.Page, box.Left, box.Top)).ToList();
        var lines = origins.Select(origin => origin.Lines).OfType<LineRange>().ToList();
        var cells = origins.SelectMany(origin => origin.Cells ?? []).Distinct().ToList();
        return origins[0] with
        {
            Boxes = boxes.Count == 0 ? null : boxes,
            Lines = lines.Count == 0 ? null : new(lines.Min(range => range.First), lines.Max(range => range.Last)),
            Cells = cells.Count == 0 ? null : cells,
        };
    }

    internal sealed record FileOrigin(Id<StoredFile> FileId, int Start, int End, Origin? Origin);
}
