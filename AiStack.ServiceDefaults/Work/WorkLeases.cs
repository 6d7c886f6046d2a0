using System.Text.Json;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.ServiceDefaults.Work;

/// <summary>A queue in Postgres, as its workers see it: lease items, keep them, give them back.</summary>
/// <remarks>
/// An item whose lease ran out is a suspect: its worker died, perhaps of it. A suspect is handed out alone, one at a
/// time in all replicas, those with the fewest crashes first. So items that were leased together with a bad one are not
/// blamed for it.
/// <para>
/// The database's clock may be set back, and then stored times lie too far ahead. So an item that was not delayed is
/// ready whatever the clock says, and a time that is further ahead than a lease or a retry can be counts as past.
/// </para>
/// </remarks>
public sealed class WorkQueue<TPayload>(NpgsqlDataSource database, string name, TimeSpan? longestRetry = null)
    where TPayload : notnull
{
    /// <summary>A retry is put off by no more: the setting, with its jitter, and some.</summary>
    private readonly TimeSpan _farAhead = 2 * (longestRetry ?? TimeSpan.FromHours(1));

    /// <summary>
    /// Leases up to <paramref name="max"/> items that are not suspects, oldest first. When there are fewer than that
    /// for each of <paramref name="workers"/>, one takes no more than its part: a few large items are done
    /// side by side.
    /// </summary>
    public async Task<List<Lease<TPayload>>> ClaimAsync(
        int max, TimeSpan lease, CancellationToken cancellationToken, int workers = 1)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ListAsync(
            $"""
            with ready as (
                select
                from ops.work_item
                where queue = {name} and state = 'ready' and crashes = 0
                  and (available_at <= now() or available_at = enqueued_at
                       or (attempts > 0 and available_at > now() + {_farAhead}))
                limit {max * workers}
            ), next as (
                select id
                from ops.work_item
                where queue = {name} and state = 'ready' and crashes = 0
                  and (available_at <= now() or available_at = enqueued_at
                       or (attempts > 0 and available_at > now() + {_farAhead}))
                order by available_at
                limit (select (count(*) + {workers - 1}) / {workers} from ready)
                for update skip locked
            )
            update ops.work_item item
            set state = 'leased', leased_until = now() + {lease}, attempts = attempts + 1
            from next
            where item.id = next.id
            returning item.id, item.project_id, item.payload, item.attempts, item.traceparent,
                item.failures, item.crashes
            """,
            Read,
            cancellationToken);
    }

    /// <summary>
    /// Leases one suspect, unless another is being worked on; null when there is none. A lease that ran out counts as a
    /// crash.
    /// </summary>
    public async Task<Lease<TPayload>?> ClaimSuspectAsync(TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var farAhead = 2 * lease > _farAhead ? 2 * lease : _farAhead;
        if (!await MayClaimSuspectAsync(connection, farAhead, cancellationToken))
        {
            return null;
        }

        var suspect = await connection.FirstOrDefaultAsync(
            $"""
            with suspect as (
                select id
                from ops.work_item
                where queue = {name}
                  and ((state = 'leased' and (leased_until < now() or leased_until > now() + {farAhead}))
                       or (state = 'ready' and crashes > 0
                           and (available_at <= now() or available_at > now() + {_farAhead})))
                  and not exists (
                      select from ops.work_item other
                      where other.queue = {name} and other.crashes > 0
                        and other.state = 'leased' and other.leased_until between now() and now() + {farAhead})
                order by crashes, available_at
                limit 1
                for update skip locked
            )
            update ops.work_item item
            set state = 'leased', leased_until = now() + {lease}, attempts = attempts + 1,
                crashes = crashes + case state when 'leased' then 1 else 0 end
            from suspect
            where item.id = suspect.id
            returning item.id, item.project_id, item.payload, item.attempts, item.traceparent,
                item.failures, item.crashes
            """,
            Read,
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return suspect;
    }

    /// <summary>Keeps items for another <paramref name="lease"/>; what was taken over by then is left alone.</summary>
    public Task RenewAsync(
        IReadOnlyCollection<Lease<TPayload>> leases, TimeSpan lease, CancellationToken cancellationToken) =>
        ExecuteAsync(
            $"""
            update ops.work_item item
            set leased_until = now() + {lease}
            from unnest({Ids(leases)}, {Attempts(leases)}) as held (id, attempt)
            where item.id = held.id and item.attempts = held.attempt and item.state = 'leased'
            """, cancellationToken);

    /// <summary>Those of <paramref name="leases"/> that were neither completed nor taken over.</summary>
    public async Task<List<Lease<TPayload>>> HeldAsync(
        IReadOnlyCollection<Lease<TPayload>> leases, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var held = await connection.ListAsync(
            $"""
            select item.id
            from unnest({Ids(leases)}, {Attempts(leases)}) as held (id, attempt)
            join ops.work_item item on item.id = held.id and item.attempts = held.attempt and item.state = 'leased'
            """,
            row => row.GetGuid(0),
            cancellationToken);
        return [.. leases.Where(lease => held.Contains(lease.Id.Value))];
    }

    /// <summary>Puts items back as they were: nothing was wrong with them, this worker is going.</summary>
    public Task ReleaseAsync(IReadOnlyCollection<Lease<TPayload>> leases, CancellationToken cancellationToken) =>
        ExecuteAsync(
            $"""
            update ops.work_item item
            set state = 'ready', leased_until = null
            from unnest({Ids(leases)}, {Attempts(leases)}) as held (id, attempt)
            where item.id = held.id and item.attempts = held.attempt and item.state = 'leased'
            """, cancellationToken);

    /// <summary>Puts an item back, to be tried again after <paramref name="delay"/>.</summary>
    /// <param name="isOwnFault">Whether it counts as a failure of the item, which may have only so many.</param>
    public Task RetryAsync(
        Lease<TPayload> lease, TimeSpan delay, string error, CancellationToken cancellationToken,
        bool isOwnFault = true)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return ExecuteAsync(
            $"""
            update ops.work_item
            set state = 'ready', leased_until = null, available_at = now() + {delay}, last_error = {error},
                failures = failures + {(isOwnFault ? 1 : 0)}
            where id = {lease.Id} and state = 'leased' and attempts = {lease.Attempt}
            """, cancellationToken);
    }

    /// <summary>Sets an item aside until a person looks at it.</summary>
    public Task ParkAsync(Lease<TPayload> lease, string error, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return ExecuteAsync(
            $"""
            update ops.work_item
            set state = 'parked', leased_until = null, last_error = {error}
            where id = {lease.Id} and state = 'leased' and attempts = {lease.Attempt}
            """, cancellationToken);
    }

    /// <summary>
    /// True when there is a suspect and no other worker is choosing one. The lock lasts for the transaction; the choice
    /// is a second statement, because the first sees what was committed before it had the lock.
    /// </summary>
    private Task<bool> MayClaimSuspectAsync(
        NpgsqlConnection connection, TimeSpan farAhead, CancellationToken cancellationToken) =>
        connection.FirstOrDefaultAsync(
            $"""
            select case when exists (
                select from ops.work_item
                where queue = {name}
                  and ((state = 'leased' and (leased_until < now() or leased_until > now() + {farAhead}))
                       or (state = 'ready' and crashes > 0)))
            then pg_try_advisory_xact_lock(hashtextextended({name}, 0)) else false end
            """,
            row => row.GetBoolean(0),
            cancellationToken);

    private async Task ExecuteAsync(Sql sql, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(sql, cancellationToken);
    }

    private static Guid[] Ids(IReadOnlyCollection<Lease<TPayload>> leases) =>
        [.. leases.Select(lease => lease.Id.Value)];

    private static int[] Attempts(IReadOnlyCollection<Lease<TPayload>> leases) =>
        [.. leases.Select(lease => lease.Attempt)];

    private static Lease<TPayload> Read(NpgsqlDataReader row) => new(
        new(row.GetGuid(0)),
        new(row.GetGuid(1)),
        JsonSerializer.Deserialize<TPayload>(row.GetString(2), JsonSerializerOptions.Web)!,
        row.GetInt32(3),
        row.IsDBNull(4) ? null : row.GetString(4),
        row.GetInt32(5),
        row.GetInt32(6));
}
