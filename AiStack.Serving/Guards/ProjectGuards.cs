using System.ComponentModel;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.TextAnalysis.Recognisers;
using Microsoft.Extensions.Caching.Hybrid;
using Npgsql;

namespace AiStack.Serving.Guards;

/// <summary>The policy of each project.</summary>
internal sealed class ProjectGuards(
    HybridCache cache,
    NpgsqlDataSource database,
    IEnumerable<Guard> guards,
    ServingTelemetry telemetry,
    ILogger<ProjectGuards> logger)
    : FreshByProject<ProjectGuards.Known>(cache, database, "guards")
{
    private readonly IReadOnlyList<Guard> _guards = [.. guards];

    /// <summary>The guards of one request; null where all are off.</summary>
    public async ValueTask<RequestGuards?> BeginAsync(Id<Project> projectId, CancellationToken cancellationToken)
    {
        var known = await ReadAsync(projectId, cancellationToken);
        return known.IsOff ? null : new(known.Policy, known.Print, known.Phrases, _guards, telemetry, logger);
    }

    /// <summary>The guards as they would be by a policy that is not set.</summary>
    public RequestGuards Try(GuardPolicy policy) =>
        new(policy, "", PhrasesOf(policy), _guards, telemetry: null, logger);

    protected override async ValueTask<Known> LoadAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var policy = await connection.FirstOrDefaultAsync(GuardRows.Select(), GuardRows.Read, cancellationToken);
        return policy is null
            ? new(GuardPolicy.Off, "", new([]), IsOff: true)
            : new(
                policy.Policy,
                JsonSerializer.Serialize(policy.Policy, JsonDefaults.Options),
                PhrasesOf(policy.Policy),
                IsOff(policy.Policy));
    }

    private static Phrases PhrasesOf(GuardPolicy policy) => new([.. policy.Topics?.Phrases ?? []]);

    private static bool IsOff(GuardPolicy policy) => !(
        from guard in GuardNames.All
        from place in Enum.GetValues<GuardPlace>()
        where policy.ActionOf(guard, place) != GuardAction.Off
        select guard).Any();

    [ImmutableObject(true)]
    internal sealed record Known(GuardPolicy Policy, string Print, Phrases Phrases, bool IsOff);
}
