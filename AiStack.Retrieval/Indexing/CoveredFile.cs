using System.Text.Json;
using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Retrieval.Privacy;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Retrieval.Indexing;

/// <summary>A file as its store's privacy policy lets it be indexed.</summary>
/// <param name="Privacy">That policy, as the store's row had it; null where the store was gone.</param>
/// <param name="StandIns">
/// What stands in its text, its name and what it says of itself; null where there is another key than what stood there
/// was made with: that is kept, for when the key is back.
/// </param>
internal sealed record CoveredFile(
    List<IndexedText> Texts, string? Privacy, IReadOnlyCollection<StandIn>? StandIns)
{
    public static async Task<CoveredFile> ReadAsync(
        NpgsqlConnection connection, FileProcessed file, StandIns standIns, CancellationToken cancellationToken)
    {
        var privacy = await PseudonymRows.PolicyAsync(connection, file.VectorStoreId, cancellationToken);
        var texts = await IndexedText.ReadAsync(
            connection, file.VectorStoreId, file.FileId, file.RevisionId!.Value,
            file.Reading?.Attributes.GetValueOrDefault("title"), ordinals: null, standIns, cancellationToken);
        if (privacy is not null && PrivacyPolicy.Read(privacy, standIns) is { Pseudonymises: true } policy)
        {
            if (policy.KeyChanged)
            {
                return new(texts, privacy, null);
            }

            await CoverAboutAsync(connection, file, policy, cancellationToken);
        }

        return new(texts, privacy, standIns.Made);
    }

    /// <summary>
    /// Those that were read by the privacy policy that the store has now, while its row is locked; the others come
    /// again.
    /// </summary>
    public static async Task<List<IndexedRevision>> AsThePolicyIsAsync(
        NpgsqlConnection connection, Id<Project> projectId, Id<VectorStore> store, List<IndexedRevision> ready,
        CancellationToken cancellationToken)
    {
        var privacy = await PseudonymRows.PolicyAsync(connection, store, cancellationToken);
        var stale = ready.FindAll(run => run.Privacy != privacy).ConvertAll(run => run.File);
        if (privacy is null || stale.Count == 0)
        {
            return ready;
        }

        await WorkQueue.EnqueueAllAsync(connection, projectId, FileProcessed.Queue, stale, cancellationToken);
        return ready.FindAll(run => run.Privacy == privacy);
    }

    /// <summary>Has stand-ins made for what the store gives besides the text: its name, and attributes.</summary>
    private static async Task CoverAboutAsync(
        NpgsqlConnection connection, FileProcessed file, PrivacyPolicy policy, CancellationToken cancellationToken)
    {
        var says = file.Reading is { } reading ? JsonSerializer.Serialize(reading.Attributes) : null;
        await connection.FirstOrDefaultAsync(
            $"""
            select (select filename from ingest.published_file where id = {file.FileId}), attributes,
                   coalesce({says}::jsonb, document_attributes)
            from retrieval.store_file
            where vector_store_id = {file.VectorStoreId} and file_id = {file.FileId}
            """,
            row =>
            {
                policy.MaskedName(row.IsDBNull(0) ? null : row.GetString(0));
                policy.Masked(JsonSerializer.Deserialize<JsonElement>(row.GetString(1)));
                policy.Masked(JsonSerializer.Deserialize<JsonElement>(row.GetString(2)));
                return true;
            },
            cancellationToken);
    }
}
