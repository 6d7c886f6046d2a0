using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Ingest.Erasures;

/// <summary>Lists erasures, newest first, without what they found.</summary>
internal static class ListErasures
{
    public static async Task<IResult> HandleAsync(
        [AsParameters] PageQuery query, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (!query.Read<Erasure>(newestFirst: true).TryGet(out var page, out var fault))
        {
            return fault.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var erasures = await connection.ListAsync(
            $"""
            select id, status, dry_run, turn, criteria, name_hashes, reason, requested_by, created_at, ended_at, error,
                   receipt is not null
            from ingest.erasure
            where ({page.NewerThan}::uuid is null or id > {page.NewerThan})
              and ({page.OlderThan}::uuid is null or id < {page.OlderThan})
            order by id {page.Direction}
            limit {page.Rows}
            """,
            ErasureObject.Read,
            cancellationToken);
        return TypedResults.Ok(page.Of(erasures, erasure => erasure.Id.ToString()));
    }
}

/// <summary>Gets an erasure, with what it found by kind and how far it is.</summary>
internal static class GetErasure
{
    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        return Id<Erasure>.TryParse(id, null, out var erasureId)
            && await ErasureObject.FindAsync(connection, erasureId, cancellationToken) is { } erasure
                ? TypedResults.Ok(erasure)
                : ErasureEndpoints.NotFound(id).ToResult();
    }
}

/// <summary>Lists what an erasure found, by ids, in the order in which it was found.</summary>
internal static class ListErasureItems
{
    private const int MaxLimit = 1_000;

    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken, long after = 0,
        int limit = PageQuery.MaxLimit)
    {
        if (PageQuery.CheckLimit(limit, MaxLimit) is { } fault)
        {
            return fault.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (!Id<Erasure>.TryParse(id, null, out var erasureId)
            || await ErasureObject.FindAsync(connection, erasureId, cancellationToken) is null)
        {
            return ErasureEndpoints.NotFound(id).ToResult();
        }

        var items = await connection.ListAsync(
            $"""
            select number, kind, id, outcome, amount
            from ingest.erasure_item
            where erasure_id = {erasureId} and number > {after}
            order by number
            limit {limit + 1}
            """,
            row => new Item(
                row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt32(4)),
            cancellationToken);
        var page = items.Take(limit).ToList();
        return TypedResults.Ok(new Page<Item>(
            page, page is [] ? null : $"{page[0].Number}", page is [] ? null : $"{page[^1].Number}",
            items.Count > limit));
    }

    /// <param name="Number">Its place, for the next page.</param>
    internal sealed record Item(long Number, string Kind, string Id, string Outcome, int Amount);
}

/// <summary>Has an erasure that failed go on where it stopped.</summary>
internal static class RetryErasure
{
    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (!Id<Erasure>.TryParse(id, null, out var erasureId))
        {
            return ErasureEndpoints.NotFound(id).ToResult();
        }

        var found = await database.InTransactionAsync(
            caller.ProjectId,
            async connection =>
            {
                var turn = await connection.FirstOrDefaultAsync(
                    $"""
                    update ingest.erasure
                    set status = 'running', error = null
                    where id = {erasureId} and status = 'failed'
                    returning turn
                    """,
                    row => (int?)row.GetInt32(0),
                    cancellationToken);
                if (turn is { } now)
                {
                    await WorkQueue.EnqueueAsync(
                        connection, caller.ProjectId, EraseStep.QueueOf(ErasureTurns.NameOf(now)!),
                        new EraseStep(erasureId, ErasureTurns.IsLast(now)), cancellationToken);
                }

                return await ErasureObject.FindAsync(connection, erasureId, cancellationToken);
            },
            cancellationToken);
        return found is null ? ErasureEndpoints.NotFound(id).ToResult() : TypedResults.Ok(found);
    }
}
