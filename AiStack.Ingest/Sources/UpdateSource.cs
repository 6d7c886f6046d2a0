using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Ingest.Sources;

/// <summary>
/// Changes a source; what is left out stays. With other settings the next run lists everything again; a run that is
/// running goes on with those that it has.
/// </summary>
internal static class UpdateSource
{
    public static async Task<IResult> HandleAsync(
        string id,
        UpdateSourceRequest request,
        Caller caller,
        SourceKinds kinds,
        SourceSecrets secrets,
        NpgsqlDataSource database,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (!Id<Source>.TryParse(id, null, out var sourceId))
        {
            return SourceEndpoints.NotFound(id).ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (await SourceObject.FindAsync(connection, sourceId, cancellationToken) is not { } source)
        {
            return SourceEndpoints.NotFound(id).ToResult();
        }

        var now = time.GetUtcNow();
        var schedule = request.ChangesSchedule ? request.ScheduleText : source.Schedule;
        var zone = request.TimeZone ?? source.TimeZone;
        var wrong = (request.Name is null ? null : SourceChecks.Name(request.Name))
            ?? SourceChecks.ScheduleType(request)
            ?? Schedule.Check(schedule, zone, now)
            ?? CheckSettings(kinds, source, request);
        if (wrong is not null)
        {
            return wrong.ToResult();
        }

        try
        {
            var box = secrets.Seal(request.Secrets, sourceId);
            await UpdateAsync(connection, sourceId, request, schedule, zone, box, caller, now);
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new Fault(
                FaultCode.Conflict, $"There is a source '{request.Name}' already.", "name").ToResult();
        }

        return TypedResults.Ok(await SourceObject.FindAsync(connection, sourceId, cancellationToken));
    }

    private static Fault? CheckSettings(SourceKinds kinds, SourceObject source, UpdateSourceRequest request)
    {
        if (request.Settings is null && request.Secrets is null)
        {
            return null;
        }

        return request is { Settings: not null, Secrets: null } && source.HasSecrets.Count > 0
            ? SourceChecks.Wrong("A change of 'settings' must bring 'secrets' again.", "secrets")
            : SourceChecks.Kind(kinds, source.Kind) ?? SourceChecks.Settings(
                kinds.Find(source.Kind)!, request.Settings ?? source.Settings, request.Secrets);
    }

    // A change that was begun is made, whether or not the caller stays.
    private static Task<int> UpdateAsync(
        NpgsqlConnection connection, Id<Source> id, UpdateSourceRequest request, string? schedule, string zone,
        byte[]? box, Caller caller, DateTimeOffset now)
    {
        var names = request.Secrets?.Keys.Order(StringComparer.Ordinal).ToArray();
        var settings = request.Settings?.GetRawText();
        return connection.ExecuteAsync(
            $"""
            update ingest.source
            set name = coalesce({request.Name}::text, name),
                settings = coalesce({settings}::jsonb, settings),
                cursor = case when {settings is null} then cursor end,
                secrets = case when {names is null} then secrets else {box}::bytea end,
                secret_names = coalesce({names}::text[], secret_names),
                schedule = {schedule}::text,
                time_zone = {zone},
                next_run_at = {Schedule.Next(schedule, zone, now)}::timestamptz,
                scheduled_at = {now},
                paused = coalesce({request.Paused}::boolean, paused),
                paused_because = case when {request.Paused is null} then paused_because end,
                updated_at = {now},
                updated_by = {caller.KeyId?.ToString() ?? "service"}
            where id = {id} and deleted_at is null
            """,
            CancellationToken.None);
    }
}
