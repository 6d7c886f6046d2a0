using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.ServiceDefaults.Erasures;

/// <summary>
/// A service's turn in an erasure. Place by place, some rows are erased and told of in one transaction, the last of
/// which also ends the work. A process that dies leaves what it erased erased and told of; the next one goes on with
/// what is still there.
/// </summary>
/// <param name="service">Its name, as that of its schema.</param>
public abstract class ErasureHandler(
    NpgsqlDataSource database, ErasureSecrets secrets, string service, IReadOnlyList<ErasurePlace> places)
{
    /// <summary>Rows of a transaction: few enough that nobody waits long for one of them.</summary>
    protected const int RowsAtOnce = 500;

    public async Task HandleAsync(
        Id<Project> projectId, IReadOnlyList<Lease<EraseStep>> leases, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(leases);
        foreach (var lease in leases)
        {
            await using var connection = await database.OpenForAsync(projectId, cancellationToken);
            string? failure = null;
            try
            {
                while (!await TryEraseAsync(connection, projectId, lease.Payload, cancellationToken))
                {
                    // A hold came or went: what is still there is looked at again.
                }
            }
            catch (UnreadableHoldException exception)
            {
                failure = exception.Message; // It does not pass by itself.
            }

            await InTransactionAsync(
                connection,
                async inside =>
                {
                    await TellAsync(inside, lease, [], failure, cancellationToken);
                    await WorkQueue.CompleteAsync(inside, lease, cancellationToken);
                },
                cancellationToken);
        }
    }

    public Task ParkedAsync(Lease<EraseStep> lease, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return database.InTransactionAsync(
            lease.ProjectId,
            async connection =>
            {
                await TellAsync(connection, lease, [], reason, cancellationToken);
                return true;
            },
            cancellationToken);
    }

    /// <summary>What is done before the places are looked into.</summary>
    /// <exception cref="HoldsChangedException">From <see cref="ErasingAsync"/>.</exception>
    protected virtual Task BeforeAsync(
        NpgsqlConnection connection, ErasureScope scope, bool isLast, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    protected static Task InTransactionAsync(
        NpgsqlConnection connection, Func<NpgsqlConnection, Task> work, CancellationToken cancellationToken) =>
        connection.InTransactionAsync(
            async inside =>
            {
                await work(inside);
                return true;
            },
            cancellationToken);

    /// <summary>
    /// The same for a transaction that erases: no hold begins while it runs, and none has begun since what goes was
    /// chosen.
    /// </summary>
    /// <exception cref="HoldsChangedException">One has.</exception>
    protected static Task ErasingAsync(
        NpgsqlConnection connection, ErasureScope scope, Func<NpgsqlConnection, Task> work,
        CancellationToken cancellationToken) =>
        InTransactionAsync(
            connection,
            async inside =>
            {
                await HoldLock.ShareAsync(inside, cancellationToken);
                var holds = await inside.ListAsync(
                    $"select id from ingest.published_legal_hold order by id", row => row.GetGuid(0),
                    cancellationToken);
                if (!holds.SequenceEqual(scope.Holds))
                {
                    throw new HoldsChangedException();
                }

                await work(inside);
            },
            cancellationToken);

    /// <summary>Tells of what was found, in the transaction that erased it.</summary>
    protected Task TellAsync(
        NpgsqlConnection connection, ErasureScope scope, IReadOnlyList<ErasureItem> items,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return WorkQueue.EnqueueAsync(
            connection, scope.ProjectId, ErasureReport.Queue, new ErasureReport(scope.Id, service, items),
            cancellationToken);
    }

    private Task TellAsync(
        NpgsqlConnection connection, Lease<EraseStep> lease, IReadOnlyList<ErasureItem> items, string? failure,
        CancellationToken cancellationToken) =>
        WorkQueue.EnqueueAsync(
            connection, lease.ProjectId, ErasureReport.Queue,
            new ErasureReport(lease.Payload.ErasureId, service, items, failure is null, failure), cancellationToken);

    /// <summary>False when holds changed meanwhile.</summary>
    private async Task<bool> TryEraseAsync(
        NpgsqlConnection connection, Id<Project> project, EraseStep step, CancellationToken cancellationToken)
    {
        if (await ErasureScope.LoadAsync(connection, project, step.ErasureId, secrets, cancellationToken)
            is not { } scope)
        {
            return true;
        }

        try
        {
            await BeforeAsync(connection, scope, step.IsLast, cancellationToken);
            foreach (var place in places.Where(place => place.IsLast == step.IsLast))
            {
                await EraseAsync(connection, scope, place, cancellationToken);
            }

            return true;
        }
        catch (HoldsChangedException)
        {
            return false;
        }
    }

    private async Task EraseAsync(
        NpgsqlConnection connection, ErasureScope scope, ErasurePlace place, CancellationToken cancellationToken)
    {
        var found = await place.FindAsync(connection, scope, cancellationToken);
        foreach (var rows in found.Chunk(RowsAtOnce))
        {
            await ErasingAsync(
                connection,
                scope,
                async inside =>
                {
                    string[] keys = [.. rows.Where(row => row.Outcome == ErasureOutcome.Erased).Select(row => row.Key)];
                    if (keys.Length > 0 && !scope.IsDryRun)
                    {
                        await place.EraseAsync(inside, scope, keys, cancellationToken);
                    }

                    await TellAsync(
                        inside,
                        scope,
                        [
                            .. rows.Select(row => new ErasureItem(
                                place.Kind, place.HasPersonalKey ? secrets.Hash(row.Key, scope.Id) : row.Key,
                                row.Outcome, row.Amount)),
                        ],
                        cancellationToken);
                },
                cancellationToken);
        }
    }
}
