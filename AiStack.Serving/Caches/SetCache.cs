using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Serving.Caches;

/// <summary>Sets how long a project's answers are kept. What is older than that now is not given any more.</summary>
internal sealed class SetCache(CachePolicies policies, GetCache get, NpgsqlDataSource database, TimeProvider time)
{
    private const int MaxSeconds = 7 * 24 * 60 * 60;

    public static async Task<IResult> HandleAsync(
        CacheRequest request, Caller caller, SetCache set, CancellationToken cancellationToken)
    {
        if (request.MaxAgeSeconds is not (>= 0 and <= MaxSeconds))
        {
            return new Fault(
                FaultCode.InvalidArgument,
                $"'max_age_seconds' must be a number from 0, which keeps no answers, to {MaxSeconds}, which is a week.",
                "max_age_seconds").ToResult();
        }

        return TypedResults.Ok(
            await set.RunAsync(caller, TimeSpan.FromSeconds(request.MaxAgeSeconds.Value), cancellationToken));
    }

    public async Task<CacheObject> RunAsync(Caller caller, TimeSpan maxAge, CancellationToken cancellationToken)
    {
        await using (var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken))
        {
            await connection.ExecuteAsync(Write(caller, maxAge), cancellationToken);
        }

        await policies.ForgetAsync(caller.ProjectId);
        return await get.RunAsync(caller, cancellationToken);
    }

    private Sql Write(Caller caller, TimeSpan maxAge)
    {
        if (maxAge == TimeSpan.Zero)
        {
            return
                $"""
                with kept as (
                    delete from serving.kept_answer where project_id = {caller.ProjectId}
                )
                delete from serving.cache_policy where project_id = {caller.ProjectId}
                """;
        }

        return
            $"""
            insert into serving.cache_policy (project_id, max_age, updated_at, updated_by)
            values ({caller.ProjectId}, {maxAge}, {time.GetUtcNow()}, {caller.KeyId?.ToString() ?? "service"})
            on conflict (project_id) do update
            set max_age = excluded.max_age, updated_at = excluded.updated_at, updated_by = excluded.updated_by
            """;
    }
}

/// <summary>What <c>PUT /api/cache</c> takes.</summary>
internal sealed record CacheRequest
{
    public int? MaxAgeSeconds { get; init; }
}
