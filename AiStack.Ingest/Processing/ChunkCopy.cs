using AiStack.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace AiStack.Ingest.Processing;

/// <summary>Writes chunks by binary COPY, which is many times faster than inserts.</summary>
internal static class ChunkCopy
{
    public static async Task WriteAsync(
        NpgsqlConnection connection,
        Id<Project> projectId,
        Id<StoredFile> fileId,
        Id<Revision> revisionId,
        CutDocument document,
        CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            """
            copy ingest.chunk (id, project_id, revision_id, file_id, ordinal, text, token_count, start_offset, end_offset, page, heading)
            from stdin (format binary)
            """, cancellationToken);
        for (var ordinal = 0; ordinal < document.Chunks.Count; ordinal++)
        {
            var chunk = document.Chunks[ordinal];
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(Id<Chunk>.New().Value, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(projectId.Value, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(revisionId.Value, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(fileId.Value, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(ordinal, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(chunk.In(document.Parsed.Text), NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(chunk.TokenCount, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(chunk.Start, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(chunk.End, NpgsqlDbType.Integer, cancellationToken);
            await WriteAsync(copy, chunk.Page, NpgsqlDbType.Integer, cancellationToken);
            await WriteAsync(copy, chunk.Heading, NpgsqlDbType.Text, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private static Task WriteAsync<T>(NpgsqlBinaryImporter copy, T? value, NpgsqlDbType type, CancellationToken cancellationToken) =>
        value is null ? copy.WriteNullAsync(cancellationToken) : copy.WriteAsync<object>(value, type, cancellationToken);
}
