using System.Text.Json;
using AiStack.Contracts;
using AiStack.Ingest.Parsing;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Ingest.Files;

/// <summary>Gives the text that was found in a file: the offsets of citations point into it.</summary>
internal static class GetFileText
{
    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, IBlobStore blobs, CancellationToken cancellationToken)
    {
        if (!Id<StoredFile>.TryParse(id, null, out var fileId))
        {
            return FileEndpoints.NotProcessed(id).ToResult();
        }

        var found = await FindAsync(database, caller.ProjectId, fileId, cancellationToken);
        if (found is null || await blobs.OpenVerifyingAsync(found.Text, cancellationToken) is not { } stream)
        {
            return FileEndpoints.NotProcessed(id).ToResult();
        }

        using var reader = new StreamReader(stream);
        var text = await reader.ReadToEndAsync(cancellationToken);
        return TypedResults.Ok(new FileText(fileId, found.Filename, text, found.Anchors));
    }

    private static async Task<Found?> FindAsync(
        NpgsqlDataSource database, Id<Project> projectId, Id<StoredFile> fileId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        return await connection.FirstOrDefaultAsync(
            $"""
            select f.filename, r.text_sha256, r.anchors
            from ingest.file f
            join ingest.revision r on r.file_id = f.id
            where f.id = {fileId} and f.deleted_at is null
            order by r.id desc
            limit 1
            """,
            row => new Found(
                row.GetString(0),
                new BlobId(row.GetFieldValue<byte[]>(1)),
                JsonSerializer.Deserialize<List<Anchor>>(row.GetString(2), JsonSerializerOptions.Web)!),
            cancellationToken);
    }

    private sealed record Found(string Filename, BlobId Text, IReadOnlyList<Anchor> Anchors);

    internal sealed record FileText(Id<StoredFile> FileId, string Filename, string Text, IReadOnlyList<Anchor> Anchors);
}
