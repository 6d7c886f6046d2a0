using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Erasures;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Retrieval.Erasures;

/// <summary>
/// Retrieval's turn in an erasure: what stores made of files that go. Indexes in memory follow by the store's version,
/// as with every file that leaves a store.
/// </summary>
internal sealed class EraseEntries(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database, ErasureSecrets secrets, TimeProvider time)
    : ErasureHandler(database, secrets, "retrieval", RetrievalPlaces.All), IWorkHandler<EraseStep>
{
    public static string Queue => EraseStep.QueueOf("retrieval");

    public static int MaxBatch => 1;

    /// <summary>Takes the files out of their stores first, so that the places have only rows to clear.</summary>
    protected override async Task BeforeAsync(
        NpgsqlConnection connection, ErasureScope scope, bool isLast, CancellationToken cancellationToken)
    {
        var files = await connection.ListAsync(
            $"""
            select f.vector_store_id, f.file_id,
                   (select count(*)::int from retrieval.entry e
                    where e.vector_store_id = f.vector_store_id and e.file_id = f.file_id)
            from retrieval.store_file f
            where f.file_id = any({scope.Files}) and f.removed_at is null
            order by f.vector_store_id, f.file_id
            """,
            row => new Indexed(new(row.GetGuid(0)), new(row.GetGuid(1)), row.GetInt32(2)),
            cancellationToken);
        foreach (var some in files.Chunk(RowsAtOnce / 10))
        {
            await InTransactionAsync(
                connection,
                async inside =>
                {
                    foreach (var file in some.Where(_ => !scope.IsDryRun))
                    {
                        await inside.RemoveFileAsync(file.Store, file.File, time.GetUtcNow(), cancellationToken);
                    }

                    await TellAsync(
                        inside, scope,
                        [
                            .. some.Select(file => new ErasureItem(
                                "retrieval.entry", $"{file.Store}/{file.File}", ErasureOutcome.Erased, file.Entries)),
                        ],
                        cancellationToken);
                },
                cancellationToken);
        }
    }

    private sealed record Indexed(Id<VectorStore> Store, Id<StoredFile> File, int Entries);
}
