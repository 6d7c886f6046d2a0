using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Ingest.Sources;

/// <summary>Makes a source. Its first run is asked for, or comes with its schedule.</summary>
internal static class CreateSource
{
    /// <summary>How many a project may have: each may have a run at any time.</summary>
    private const int MaxSources = 200;

    public static async Task<IResult> HandleAsync(
        CreateSourceRequest request,
        Caller caller,
        SourceKinds kinds,
        SourceSecrets secrets,
        NpgsqlDataSource database,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var zone = request.TimeZone ?? Schedule.DefaultZone;
        var wrong = SourceChecks.Name(request.Name)
            ?? SourceChecks.Kind(kinds, request.Kind)
            ?? SourceChecks.Settings(kinds.Find(request.Kind!)!, request.Settings, request.Secrets)
            ?? Schedule.Check(request.Schedule, zone, now);
        if (wrong is not null)
        {
            return wrong.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (await FindStoreAsync(connection, request.VectorStoreId, cancellationToken) is not { } store)
        {
            return new Fault(
                FaultCode.NotFound, $"There is no vector store '{request.VectorStoreId}'.", "vector_store_id")
                .ToResult();
        }

        var id = Id<Source>.New();
        var isMade = await InsertAsync(
            connection, id, store, request, zone, secrets.Seal(request.Secrets, id), caller, now, cancellationToken);
        return isMade
            ? TypedResults.Created(
                $"/api/sources/{id}", await SourceObject.FindAsync(connection, id, cancellationToken))
            : new Fault(
                FaultCode.Conflict,
                $"There is a source '{request.Name}' already, or there are {MaxSources} sources.", "name").ToResult();
    }

    private static async Task<Id<VectorStore>?> FindStoreAsync(
        NpgsqlConnection connection, string? id, CancellationToken cancellationToken) =>
        Id<VectorStore>.TryParse(id, null, out var store)
            && await connection.FirstOrDefaultAsync(
                $"select true from retrieval.published_vector_store where id = {store} and snapshot_of is null",
                row => row.GetBoolean(0),
                cancellationToken)
            ? store
            : null;

    private static async Task<bool> InsertAsync(
        NpgsqlConnection connection, Id<Source> id, Id<VectorStore> store, CreateSourceRequest request, string zone,
        byte[]? box, Caller caller, DateTimeOffset now, CancellationToken cancellationToken) =>
        await connection.ExecuteAsync(
            $"""
            insert into ingest.source (
                id, project_id, name, kind, settings, secrets, secret_names, vector_store_id, schedule, time_zone,
                paused, next_run_at, scheduled_at, created_at, updated_at, updated_by)
            select {id}, {caller.ProjectId}, {request.Name}, {request.Kind},
                   {request.Settings!.Value.GetRawText()}::jsonb, {box}::bytea,
                   {request.Secrets?.Keys.Order(StringComparer.Ordinal).ToArray() ?? []}, {store},
                   {request.Schedule}::text, {zone}, {request.Paused ?? false},
                   {Schedule.Next(request.Schedule, zone, now)}::timestamptz, {now}, {now}, {now},
                   {caller.KeyId?.ToString() ?? "service"}
            where (select count(*) from ingest.source where deleted_at is null) < {MaxSources}
            on conflict (project_id, name) where deleted_at is null do nothing
            """,
            cancellationToken) == 1;
}
