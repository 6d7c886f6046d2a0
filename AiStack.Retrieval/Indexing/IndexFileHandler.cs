using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Retrieval.Embedding;
using AiStack.Retrieval.Privacy;
using AiStack.Retrieval.Quality;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Microsoft.Extensions.AI;
using Npgsql;

namespace AiStack.Retrieval.Indexing;

/// <summary>
/// Makes processed files findable: their chunks are embedded, unless the embedder is slow and vectors follow
/// (<see cref="EmbedFileHandler"/>), and their entries, their new state and the store's new version are one
/// transaction. Doing it twice ends the same.
/// </summary>
internal sealed class IndexFileHandler(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database,
    IEmbeddingGenerator<string, Embedding<float>> embedder,
    EmbedderIdentity identity,
    QualityGate gate,
    Quarantine quarantine,
    StandInKeys standIns,
    PseudonymRows pseudonyms,
    TimeProvider time,
    RetrievalTelemetry telemetry)
    : IWorkHandler<FileProcessed>
{
    /// <summary>Texts embedded in one call.</summary>
    private const int EmbeddingBatch = 128;

    public static string Queue => FileProcessed.Queue;

    public static int MaxBatch => 32;

    public async Task HandleAsync(
        Id<Project> projectId, IReadOnlyList<Lease<FileProcessed>> leases, CancellationToken cancellationToken)
    {
        var (times, policies) = await StoresAsync(projectId, leases, cancellationToken);
        var (files, runs) = await PrepareAsync(projectId, leases, policies, cancellationToken);
        var attached = await database.InTransactionAsync(
            projectId,
            connection => StoreAsync(connection, projectId, leases, files, runs, times, cancellationToken),
            cancellationToken);
        telemetry.Indexed(runs.Values.Sum(run => run.Entries.Count));
        foreach (var attachedAt in attached)
        {
            telemetry.Searchable(time.GetUtcNow() - attachedAt);
        }
    }

    public Task ParkedAsync(Lease<FileProcessed> lease, string reason, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            lease.ProjectId,
            async connection =>
            {
                var failure = new FileFailure("server_error", $"The file could not be indexed: {reason}.");
                var file = lease.Payload with { Failure = failure, RevisionId = null };
                await SourceFiles.SettleAsync(
                    connection, lease.ProjectId, await FailAsync(connection, file, cancellationToken),
                    cancellationToken);
                return true;
            },
            cancellationToken);

    /// <summary>
    /// The files, and of those that their stores may take what they are found by: of a revision in each store its own.
    /// </summary>
    private async Task<(List<FileProcessed> Files, RunByRevision Runs)> PrepareAsync(
        Id<Project> projectId, IReadOnlyList<Lease<FileProcessed>> leases, Dictionary<Id<VectorStore>, string> policies,
        CancellationToken cancellationToken)
    {
        var (files, runs) = (new List<FileProcessed>(leases.Count), new RunByRevision());
        foreach (var file in leases.Select(lease => lease.Payload))
        {
            if (file.RevisionId is not { } revision || runs.ContainsKey((file.VectorStoreId, revision)))
            {
                files.Add(file);
                continue;
            }

            var read = await ReadAsync(projectId, file, cancellationToken);
            var texts = read.Texts;
            if (BlockedFile.Of(texts) is { } blocked)
            {
                files.Add(file with { Failure = blocked });
                continue;
            }

            var judged = await gate.JudgeAsync(
                projectId, file, policies.GetValueOrDefault(file.VectorStoreId, "{}"),
                texts.ConvertAll(text => new RunChunk(
                    text.Ordinal, text.Text, text.Heading, text.Language.Code, text.Start)),
                cancellationToken);
            runs[(file.VectorStoreId, revision)] = new(
                file, judged, judged.IsBlocked ? [] : await EmbedAsync(texts, cancellationToken))
            {
                Privacy = read.Privacy,
                StandIns = read.StandIns,
            };
            files.Add(file);
        }

        return (files, runs);
    }

    /// <summary>Which time it is in the stores' lives, before anything of the work is read, and what they expect.
    /// </summary>
    private async Task<(Dictionary<Id<VectorStore>, long> Times, Dictionary<Id<VectorStore>, string> Policies)>
        StoresAsync(
            Id<Project> projectId, IReadOnlyList<Lease<FileProcessed>> leases, CancellationToken cancellationToken)
    {
        var stores = leases.Select(lease => lease.Payload.VectorStoreId);
        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        return (
            await StoreFence.ReadAsync(connection, stores, cancellationToken),
            await QualityGate.PoliciesAsync(connection, stores, cancellationToken));
    }

    private async Task<CoveredFile> ReadAsync(
        Id<Project> projectId, FileProcessed file, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        return await CoveredFile.ReadAsync(connection, file, standIns.Of(projectId), cancellationToken);
    }

    /// <summary>Entries without vectors where those follow.</summary>
    private async Task<List<IndexEntry>> EmbedAsync(List<IndexedText> texts, CancellationToken cancellationToken)
    {
        var entries = new List<IndexEntry>(texts.Count);
        foreach (var batch in texts.Chunk(EmbeddingBatch))
        {
            var vectors = identity.Follows
                ? batch.Select(_ => new Embedding<float>(default))
                : await embedder.GenerateAsync(batch.Select(text => text.Whole), cancellationToken: cancellationToken);
            entries.AddRange(batch.Zip(vectors, (text, vector) => IndexEntry.Create(
                text.ChunkId, text.Ordinal, text.Whole, text.Language, vector.Vector.Span)));
        }

        return entries;
    }

    /// <summary>Returns when the files were attached that can be found from now on.</summary>
    private async Task<List<DateTimeOffset>> StoreAsync(
        NpgsqlConnection connection,
        Id<Project> projectId,
        IReadOnlyList<Lease<FileProcessed>> leases,
        List<FileProcessed> files,
        RunByRevision runs,
        Dictionary<Id<VectorStore>, long> times,
        CancellationToken cancellationToken)
    {
        await WorkQueue.CompleteAllAsync(connection, leases, cancellationToken);

        List<DateTimeOffset> attached = [];
        List<SourceFileSettled> settled = [];
        var lineage = new IndexLineage(leases, identity.Name, time.GetUtcNow());

        // Stores in one order, and their files too: two workers cannot wait for each other.
        var stores = files.GroupBy(file => file.VectorStoreId);
        foreach (var work in stores.OrderBy(group => group.Key.Value))
        {
            var (store, version, at, ofStore) = await StoreFence.EnterAsync(
                connection, projectId, work, times, time.GetUtcNow(), cancellationToken);
            // A file that was attached again meanwhile is here twice, by two revisions: the younger one counts.
            List<IndexedRevision> ready =
            [
                .. ofStore.Where(file => file is { RevisionId: not null, Failure: null })
                    .GroupBy(file => file.FileId, (_, same) => same.MaxBy(file => file.RevisionId!.Value.Value)!)
                    .Select(file => runs[(store, file.RevisionId!.Value)] with { File = file }),
            ];
            ready = await CoveredFile.AsThePolicyIsAsync(connection, projectId, store, ready, cancellationToken);
            var (made, held) = await quarantine.RunAsync(
                connection, projectId, store, version, ready, lineage, cancellationToken);
            settled.AddRange(held);
            var finished = await IndexedRows.FinishAsync(
                connection, identity, store, version, made, cancellationToken);
            var wanted = finished.Select(file => file.FileId).ToHashSet();
            made.RemoveAll(file => !wanted.Contains(file.FileId));
            await IndexedRows.InsertAsync(connection, projectId, store, made, cancellationToken);
            await pseudonyms.WriteAsync(
                connection, projectId, store,
                made.Where(file => file.StandIns is not null)
                    .ToDictionary(file => file.FileId, file => file.StandIns!),
                cancellationToken);
            made.ForEach(file => lineage.Add(
                file.File, version, file.Judged.Assertions, file.Entries.Count, file.UsageBytes));
            lineage.AddFormer(store, finished);
            var firsts = finished.Where(file => file.IsFirst).ToList();
            await SourceFiles.LeaveAsync(
                connection, store, [.. firsts.SelectMany(file => file.Replaces)], version, time.GetUtcNow(),
                cancellationToken);
            await Quarantine.NoteAsync(connection, projectId, store, version, made, cancellationToken);
            settled.AddRange(firsts.Select(file => new SourceFileSettled(file.Source, file.FileId, null, at)));
            if (identity.Follows)
            {
                var waiting = made.Select(file => new EmbedFile(store, file.FileId, file.File.RevisionId!.Value));
                await WorkQueue.EnqueueAllAsync(
                    connection, projectId, EmbedFile.Queue, [.. waiting], cancellationToken,
                    turn: WorkTurn.NewestFirst);
            }

            attached.AddRange(firsts.Select(file => file.AttachedAt));
            settled.AddRange(await LeaveAsync(connection, ofStore, version, lineage, cancellationToken));
        }

        await lineage.TellAsync(connection, projectId, cancellationToken);
        await SourceFiles.SettleAsync(connection, projectId, settled, cancellationToken);
        return attached;
    }

    /// <summary>What is blocked leaves, and what could not be read fails.</summary>
    private static async Task<List<SourceFileSettled>> LeaveAsync(
        NpgsqlConnection connection, IEnumerable<FileProcessed> files, long version, IndexLineage lineage,
        CancellationToken cancellationToken)
    {
        List<SourceFileSettled> settled = [];
        foreach (var blocked in files.Where(file => file is { RevisionId: not null, Failure: not null })
            .OrderBy(file => file.FileId.Value))
        {
            settled.AddRange(await BlockedFile.LeaveAsync(connection, blocked, version, cancellationToken));
            lineage.Add(blocked, version);
        }

        // Last: of a file that failed once and was attached again, the success counts.
        foreach (var failed in files.Where(file => file.RevisionId is null).OrderBy(file => file.FileId.Value))
        {
            settled.AddRange(await FailAsync(connection, failed, cancellationToken));
        }

        return settled;
    }

    /// <summary>Returns what its source is to be told, if it has one.</summary>
    private static async Task<List<SourceFileSettled>> FailAsync(
        NpgsqlConnection connection, FileProcessed file, CancellationToken cancellationToken)
    {
        var failed = await connection.ListAsync(
            $"""
            update retrieval.store_file
            set state = 'failed', error_code = {file.Failure!.Code}, error_message = {file.Failure.Message}
            where vector_store_id = {file.VectorStoreId} and file_id = {file.FileId}
              and removed_at is null and state = 'in_progress'
            returning source_id
            """,
            row => SourceFiles.Settled(row, file),
            cancellationToken);
        await QualityRows.EndReleaseAsync(connection, file.VectorStoreId, file.FileId, cancellationToken);
        return failed;
    }

    private sealed class RunByRevision : Dictionary<(Id<VectorStore>, Id<Revision>), IndexedRevision>;
}
