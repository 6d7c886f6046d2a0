using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Ingest.Files;
using AiStack.Ingest.Holds;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Erasures;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Ingest.Erasures;

/// <summary>
/// Ingest's turns in an erasure: the first one finds the files, and erases them with all that was made of them here;
/// the last one looks through the queues.
/// </summary>
internal sealed class EraseFiles(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database, ErasureSecrets secrets, FileWords words,
    IBlobStore blobs, TimeProvider time)
    : ErasureHandler(database, secrets, "ingest", IngestPlaces.All), IWorkHandler<EraseStep>
{
    /// <summary>Passages whose files are erased in one transaction.</summary>
    private const int PassagesAtOnce = 5_000;

    public static string Queue => EraseStep.QueueOf("ingest");

    public static int MaxBatch => 1;

    protected override async Task BeforeAsync(
        NpgsqlConnection connection, ErasureScope scope, bool isLast, CancellationToken cancellationToken)
    {
        if (isLast)
        {
            return;
        }

        if (scope is { IsDryRun: false, Criteria.SourceId: { } source })
        {
            await StopAsync(connection, source, cancellationToken);
        }

        var chosen = await ChosenFiles.ReadAsync(connection, scope, cancellationToken);
        var naming = await words.FindAsync(connection, scope.Wanted, scope.Held, chosen, cancellationToken);
        var files = await ChosenFiles.DescribeAsync(
            connection, chosen ?? [.. naming.Wanted], naming.Held, cancellationToken);
        var (together, passages) = (new List<ChosenFile>(), 0);
        foreach (var file in files)
        {
            together.Add(file);
            passages += file.Passages;
            if (passages > PassagesAtOnce || together.Count == RowsAtOnce / 5)
            {
                await EraseAsync(connection, scope, together, cancellationToken);
                (together, passages) = ([], 0);
            }
        }

        await EraseAsync(connection, scope, together, cancellationToken);
        await TellUnreadableAsync(connection, scope, naming, cancellationToken);
    }

    private async Task EraseAsync(
        NpgsqlConnection connection, ErasureScope scope, List<ChosenFile> files, CancellationToken cancellationToken)
    {
        if (files.Count == 0)
        {
            return;
        }

        var unneeded = new List<BlobId>();
        await ErasingAsync(
            connection,
            scope,
            async inside =>
            {
                Guid[] gone = [.. files.Where(file => !file.IsHeld).Select(file => file.Id.Value)];
                var kept = new HashSet<Guid>();
                if (!scope.IsDryRun)
                {
                    await DeleteFiles.RunAsync(
                        inside, scope.ProjectId, gone, time.GetUtcNow(), cancellationToken, isClearing: true);
                    // A hold that came since keeps them.
                    kept = (await inside.ListAsync(
                        $"select id from ingest.file where id = any({gone}) and deleted_at is null",
                        row => row.GetGuid(0),
                        cancellationToken)).ToHashSet();
                    unneeded = await ForgetFiles.RunAsync(
                        inside, scope.ProjectId, [.. gone.Except(kept)], time, cancellationToken);
                }

                await TellAsync(
                    inside, scope,
                    [
                        .. files.Select(file => file with { IsHeld = file.IsHeld || kept.Contains(file.Id.Value) })
                            .SelectMany(file => file.Items()),
                    ],
                    cancellationToken);
            },
            cancellationToken);
        // Before the receipt says so; the work that is queued with it does it where this process dies here.
        await InTransactionAsync(
            connection,
            inside => UnneededBlobs.DeleteAsync(inside, blobs, unneeded, cancellationToken),
            cancellationToken);
    }

    /// <summary>Its next run would bring everything again, and the one that goes on brings more.</summary>
    private Task StopAsync(NpgsqlConnection connection, Id<Source> source, CancellationToken cancellationToken) =>
        InTransactionAsync(
            connection,
            async inside =>
            {
                await inside.ExecuteAsync(
                    $"""
                    update ingest.source
                    set paused = true, paused_because = 'Its documents were erased.'
                    where id = {source} and deleted_at is null
                    """, cancellationToken);
                await inside.ExecuteAsync(
                    $"""
                    update ingest.source_run
                    set state = 'cancelled', finished_at = {time.GetUtcNow()}
                    where source_id = {source} and state = 'running'
                    """, cancellationToken);
            },
            cancellationToken);

    /// <summary>Files that cannot be read may name the person: people must look.</summary>
    private async Task TellUnreadableAsync(
        NpgsqlConnection connection, ErasureScope scope, FilesNaming naming, CancellationToken cancellationToken)
    {
        var unreadable = scope.Wanted.HasNames ? naming.Unreadable.Except(naming.Wanted).ToList() : [];
        foreach (var some in unreadable.Chunk(RowsAtOnce))
        {
            await InTransactionAsync(
                connection,
                async inside =>
                {
                    await TellAsync(
                        inside, scope,
                        [
                            .. some.Select(id => new ErasureItem(
                                "ingest.unreadable_file", $"{new Id<StoredFile>(id)}", ErasureOutcome.Remains)),
                        ],
                        cancellationToken);
                },
                cancellationToken);
        }
    }
}
