using AiStack.Ingest.Parsing.Formats;
using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Erasures;
using Npgsql;

namespace AiStack.Ingest.Holds;

/// <summary>
/// Looks through the words of files: names, what they say of themselves, passages with what stands around their ends,
/// and the bytes of files that were never cut into passages.
/// </summary>
internal sealed class FileWords(IBlobStore blobs, DocumentParser parser)
{
    /// <summary>Longer than any name, on either side of a cut.</summary>
    private const int Overlap = 2 * NameLimits.MaxNameLength;

    private const int BlockLength = 1 << 20;

    /// <summary>
    /// Files in which a person is named, those in which one is whom a hold is about, and those that nobody can read.
    /// </summary>
    /// <param name="among">Only these are looked at; null for all.</param>
    public async Task<FilesNaming> FindAsync(
        NpgsqlConnection connection, Mentions wanted, Mentions held, Guid[]? among,
        CancellationToken cancellationToken)
    {
        var found = new FilesNaming([], [], []);
        if (!wanted.HasNames && !held.HasNames)
        {
            return found;
        }

        await foreach (var (file, words) in connection.ReadAsync(
            Descriptions(among), row => (row.GetGuid(0), row.GetString(1)), cancellationToken,
            StatementLimits.Background))
        {
            found.See(file, words, wanted, held);
        }

        await PassagesAsync(connection, found, wanted, held, among, cancellationToken);
        foreach (var file in await UncutAsync(connection, among, cancellationToken))
        {
            await BytesAsync(file, found, wanted, held, cancellationToken);
        }

        return found;
    }

    private static Sql Descriptions(Guid[]? among) =>
        $"""
        select f.id, f.filename
        from ingest.file f
        where f.deleted_at is null and ({among}::uuid[] is null or f.id = any({among}))
        union all
        select r.file_id, r.report::text
        from ingest.revision r
        where {among}::uuid[] is null or r.file_id = any({among})
        union all
        select i.file_id, concat_ws(' ', i.item_id, i.name, i.url, i.notes, i.attributes)
        from ingest.source_item i
        where i.file_id is not null and ({among}::uuid[] is null or i.file_id = any({among}))
        """;

    /// <summary>A name may be cut in two: the end of a passage is read with the beginning of the next.</summary>
    private static async Task PassagesAsync(
        NpgsqlConnection connection, FilesNaming found, Mentions wanted, Mentions held, Guid[]? among,
        CancellationToken cancellationToken)
    {
        Sql passages =
            $"""
            select c.revision_id, c.file_id, concat_ws(' ', c.heading, c.table_head, c.origin), c.text
            from ingest.chunk c
            where {among}::uuid[] is null or c.file_id = any({among})
            order by c.revision_id, c.ordinal
            """;
        var (revision, end) = (Guid.Empty, "");
        await foreach (var chunk in connection.ReadAsync(
            passages,
            row => (Revision: row.GetGuid(0), File: row.GetGuid(1), About: row.GetString(2), Text: row.GetString(3)),
            cancellationToken,
            StatementLimits.Background))
        {
            found.See(chunk.File, chunk.About, wanted, held);
            found.See(chunk.File, chunk.Text, wanted, held);
            if (revision == chunk.Revision)
            {
                var start = chunk.Text[..Math.Min(chunk.Text.Length, Overlap)];
                found.See(chunk.File, $"{end} {start}", wanted, held);
            }

            (revision, end) = (chunk.Revision, chunk.Text[Math.Max(0, chunk.Text.Length - Overlap)..]);
        }
    }

    private static Task<List<Uncut>> UncutAsync(
        NpgsqlConnection connection, Guid[]? among, CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            select f.id, f.sha256, f.filename, f.media_type
            from ingest.file f
            where f.deleted_at is null and ({among}::uuid[] is null or f.id = any({among}))
              and not exists (select from ingest.revision r where r.file_id = f.id)
            order by f.id
            """,
            row => new Uncut(
                row.GetGuid(0), new(row.GetFieldValue<byte[]>(1)), row.GetString(2), row.GetString(3)),
            cancellationToken,
            StatementLimits.Background);

    private async Task BytesAsync(
        Uncut file, FilesNaming found, Mentions wanted, Mentions held, CancellationToken cancellationToken)
    {
        await using var content = await blobs.OpenAsync(file.Blob, cancellationToken);
        if (content is null)
        {
            return;
        }

        var isText = true;
        using (var text = new StreamReader(content, leaveOpen: true))
        {
            var (block, end) = (new char[BlockLength], "");
            while (isText && await text.ReadBlockAsync(block, cancellationToken) is var length and > 0)
            {
                var words = block.AsSpan(0, length);
                isText = !words.Contains('\0') && words.Count('\ufffd') * 20 < length;
                found.See(file.Id, $"{end}{words}", wanted, held);
                end = words[Math.Max(0, length - Overlap)..].ToString();
            }
        }

        if (!isText)
        {
            content.Position = 0;
            var parsed = await parser.ParseAsync(content, file.Name, cancellationToken, file.MediaType);
            if (parsed.Document is { } document)
            {
                found.See(file.Id, document.Text, wanted, held);
            }
            else
            {
                found.Unreadable.Add(file.Id);
            }
        }
    }

    private sealed record Uncut(Guid Id, BlobId Blob, string Name, string MediaType);
}

/// <summary>Files by what was found in them.</summary>
internal sealed record FilesNaming(HashSet<Guid> Wanted, HashSet<Guid> Held, HashSet<Guid> Unreadable)
{
    public void See(Guid file, string words, Mentions wanted, Mentions held)
    {
        if (!Wanted.Contains(file) && wanted.AreIn(words))
        {
            Wanted.Add(file);
        }

        if (!Held.Contains(file) && held.AreIn(words))
        {
            Held.Add(file);
        }
    }
}
