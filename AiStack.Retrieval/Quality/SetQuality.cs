using System.Text.Json;
using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Retrieval.Quality;

/// <summary>
/// Sets a store's policy as a whole. It holds for what is indexed from then on, and what is in quarantine is judged by
/// it anew; what is in the store stays. Where it looks for copies or near-duplicates that it did not look for before,
/// the store's files are indexed anew.
/// </summary>
internal static class SetQuality
{
    public static async Task<IResult> HandleAsync(
        string id, QualityPolicy request, Caller caller, NpgsqlDataSource database, SqlExpectations sql,
        TimeProvider time, CancellationToken cancellationToken)
    {
        if (request.Check() is { } wrong)
        {
            return wrong.ToResult();
        }

        await using (var asking = await database.OpenForAsync(caller.ProjectId, cancellationToken))
        {
            if (!(await StoreRows.FindToChangeAsync(asking, id, cancellationToken)).TryGet(out _, out var fault))
            {
                return fault.ToResult();
            }
        }

        if (await CheckQueriesAsync(request, sql, cancellationToken) is { } refused)
        {
            return refused.ToResult();
        }

        var store = Id<VectorStore>.Parse(id, null);
        await database.InTransactionAsync(
            caller.ProjectId,
            async connection =>
            {
                await SetAsync(connection, caller.ProjectId, store, request, time.GetUtcNow(), cancellationToken);
                return true;
            },
            cancellationToken);
        return TypedResults.Ok(request);
    }

    private static async Task<Fault?> CheckQueriesAsync(
        QualityPolicy policy, SqlExpectations sql, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var (place, expectation) in policy.Expectations.Index())
            {
                if (expectation.Text("query") is { } query && await sql.CheckAsync(query, cancellationToken) is { } why)
                {
                    return ExpectationTypes.Wrong($"expectations[{place}].parameters.query", $"was refused: {why}");
                }
            }

            return null;
        }
        catch (TimeoutException)
        {
            return new(FaultCode.Overloaded, "Queries of other stores are running. Try again in a few seconds.");
        }
    }

    private static async Task SetAsync(
        NpgsqlConnection connection, Id<Project> projectId, Id<VectorStore> store, QualityPolicy policy,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Its row is locked from here on: no run is stored by the old policy after this.
        await connection.BumpVersionAsync(store, now, cancellationToken);
        var policies = await QualityGate.PoliciesAsync(connection, [store], cancellationToken);
        var before = QualityPolicy.Read(policies.GetValueOrDefault(store, "{}"));
        await connection.ExecuteAsync(
            $"update retrieval.vector_store set quality = {policy.ToJson()}::jsonb where id = {store}",
            cancellationToken);

        // In the order in which indexing locks them.
        await connection.ExecuteAsync(
            $"""
            select from retrieval.store_file
            where vector_store_id = {store} and file_id in (
                select file_id from retrieval.quality_run where vector_store_id = {store} and status = 'quarantined')
            order by file_id
            for update
            """, cancellationToken);
        var work = await QuarantinedAsync(connection, store, cancellationToken);
        if ((policy.SignsFiles && !before.SignsFiles) || (policy.HashesChunks && !before.HashesChunks))
        {
            work.AddRange(await StoreSetting.CompletedAsync(
                connection, store, withSnapshots: false, cancellationToken));
        }

        await StoreSetting.IndexAnewAsync(connection, projectId, work, cancellationToken);
    }

    private static Task<List<FileProcessed>> QuarantinedAsync(
        NpgsqlConnection connection, Id<VectorStore> store, CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            with held as (
                select r.file_id, r.work
                from retrieval.quality_run r
                join retrieval.store_file f on f.vector_store_id = r.vector_store_id and f.file_id = r.file_id
                where r.vector_store_id = {store} and r.status = 'quarantined' and f.removed_at is null
            ), again as (
                update retrieval.store_file f
                set state = 'in_progress', error_code = null, error_message = null
                where f.vector_store_id = {store} and f.file_id in (select file_id from held) and f.state = 'failed'
            )
            select work from held order by file_id
            """,
            row => ReadWork(row.GetString(0)),
            cancellationToken);

    public static FileProcessed ReadWork(string stored) =>
        JsonSerializer.Deserialize<FileProcessed>(stored, JsonSerializerOptions.Web)!;
}
