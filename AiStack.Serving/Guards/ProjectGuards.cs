using System.Collections.Concurrent;
using System.ComponentModel;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.TextAnalysis.Recognisers;
using Microsoft.Extensions.Caching.Hybrid;
using Npgsql;

namespace AiStack.Serving.Guards;

/// <summary>
/// The policy of each project, read anew twice a second, as aliases are: a change counts in every process within a
/// second, and no request waits for a statement of its own.
/// </summary>
internal sealed class ProjectGuards(
    HybridCache cache,
    NpgsqlDataSource database,
    IEnumerable<Guard> guards,
    ServingTelemetry telemetry,
    ILogger<ProjectGuards> logger)
{
    private static readonly HybridCacheEntryOptions _fresh = new()
    {
        Expiration = TimeSpan.FromMilliseconds(500),
        LocalCacheExpiration = TimeSpan.FromMilliseconds(500),
        Flags = HybridCacheEntryFlags.DisableDistributedCache,
    };

    private readonly ConcurrentDictionary<Id<Project>, Known> _lastKnown = new();
    private readonly IReadOnlyList<Guard> _guards = [.. guards];

    /// <summary>The guards of one request; null where all are off.</summary>
    public async ValueTask<RequestGuards?> BeginAsync(Id<Project> projectId, CancellationToken cancellationToken)
    {
        var known = await ReadAsync(projectId, cancellationToken);
        return known.IsOff ? null : new(known.Policy, known.Print, known.Phrases, _guards, telemetry, logger);
    }

    /// <summary>The guards as they would be by a policy that is not set.</summary>
    public RequestGuards Try(GuardPolicy policy) => new(policy, "", PhrasesOf(policy), _guards, telemetry: null, logger);

    /// <summary>Has this process read it anew: who made a change sees it at once.</summary>
    public ValueTask ForgetAsync(Id<Project> projectId) => cache.RemoveAsync(Key(projectId));

    private async ValueTask<Known> ReadAsync(Id<Project> projectId, CancellationToken cancellationToken)
    {
        try
        {
            var known = await cache.GetOrCreateAsync(
                Key(projectId),
                (database, projectId),
                static (from, cancel) => LoadAsync(from.database, from.projectId, cancel),
                _fresh,
                cancellationToken: cancellationToken);
            _lastKnown[projectId] = known;
            return known;
        }
        catch (Exception exception) when (
            DependencyFailure.NameOf(exception) is not null && _lastKnown.ContainsKey(projectId))
        {
            // While the database is away: as it was when it was last there. Where nobody knows, nothing is asked.
            return _lastKnown[projectId];
        }
    }

    private static string Key(Id<Project> projectId) => $"guards:{projectId}";

    private static Phrases PhrasesOf(GuardPolicy policy) => new([.. policy.Topics?.Phrases ?? []]);

    private static async ValueTask<Known> LoadAsync(
        NpgsqlDataSource database, Id<Project> projectId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        var policy = await connection.FirstOrDefaultAsync(GuardRows.Select(), GuardRows.Read, cancellationToken);
        return policy is null
            ? new(GuardPolicy.Off, "", new([]), IsOff: true)
            : new(
                policy.Policy,
                JsonSerializer.Serialize(policy.Policy, JsonDefaults.Options),
                PhrasesOf(policy.Policy),
                IsOff(policy.Policy));
    }

    private static bool IsOff(GuardPolicy policy) => !(
        from guard in GuardNames.All
        from place in Enum.GetValues<GuardPlace>()
        where policy.ActionOf(guard, place) != GuardAction.Off
        select guard).Any();

    [ImmutableObject(true)]
    private sealed record Known(GuardPolicy Policy, string Print, Phrases Phrases, bool IsOff);
}
