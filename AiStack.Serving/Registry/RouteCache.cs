using System.Collections.Concurrent;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Microsoft.Extensions.Caching.Hybrid;
using Npgsql;

namespace AiStack.Serving.Registry;

/// <summary>
/// What answers for the aliases of each project, read anew twice a second: a change counts in every process within a
/// second, and no request waits for a statement of its own.
/// </summary>
internal sealed class RouteCache(HybridCache cache, NpgsqlDataSource database)
{
    private static readonly HybridCacheEntryOptions _fresh = new()
    {
        Expiration = TimeSpan.FromMilliseconds(500),
        LocalCacheExpiration = TimeSpan.FromMilliseconds(500),
        Flags = HybridCacheEntryFlags.DisableDistributedCache,
    };

    private readonly ConcurrentDictionary<Id<Project>, Routes> _lastKnown = new();

    /// <summary>While the database is away: what they were when it was last there.</summary>
    public async ValueTask<Routes> ReadAsync(Id<Project> projectId, CancellationToken cancellationToken)
    {
        try
        {
            var routes = await cache.GetOrCreateAsync(
                Key(projectId),
                (database, projectId),
                static (from, cancel) => LoadAsync(from.database, from.projectId, cancel),
                _fresh,
                cancellationToken: cancellationToken);
            _lastKnown[projectId] = routes;
            return routes;
        }
        catch (Exception exception) when (
            DependencyFailure.NameOf(exception) is not null && _lastKnown.ContainsKey(projectId))
        {
            return _lastKnown[projectId];
        }
    }

    /// <summary>Has this process read them anew: who made a change sees it at once.</summary>
    public ValueTask ForgetAsync(Id<Project> projectId) => cache.RemoveAsync(Key(projectId));

    private static string Key(Id<Project> projectId) => $"routes:{projectId}";

    private static async ValueTask<Routes> LoadAsync(
        NpgsqlDataSource database, Id<Project> projectId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        var live = await RouteRows.LiveAsync(connection, null, cancellationToken);
        if (live.Count == 0)
        {
            return Routes.None;
        }

        var names = live.SelectMany(route => route.Shares).Select(share => share.Version).ToArray();
        var versions = await connection.ListAsync(
            $"""
            select model, number, spec, card, created_at, created_by
            from serving.model_version
            where model || '@' || number = any({names})
            """,
            ModelVersionObject.Read,
            cancellationToken);
        return new Routes(
            live.ToDictionary(route => route.Alias, StringComparer.Ordinal),
            versions.ToDictionary(version => version.Id, StringComparer.Ordinal));
    }
}

/// <summary>The aliases of a project, and the versions that answer for them.</summary>
[System.ComponentModel.ImmutableObject(true)]
internal sealed record Routes(
    IReadOnlyDictionary<string, RouteObject> Aliases, IReadOnlyDictionary<string, ModelVersionObject> Versions)
{
    public static Routes None { get; } = new(
        new Dictionary<string, RouteObject>(), new Dictionary<string, ModelVersionObject>());

    /// <summary>
    /// The version that answers for <paramref name="alias"/>; null when the alias is left to the settings.
    /// </summary>
    /// <param name="at">Where in the shares: from 0 to below 1.</param>
    public ModelVersionObject? Choose(string alias, double at)
    {
        if (!Aliases.TryGetValue(alias, out var route))
        {
            return null;
        }

        var percent = at * 100;
        foreach (var share in route.Shares)
        {
            percent -= share.Percent;
            if (percent < 0)
            {
                return Versions[share.Version];
            }
        }

        return route.Shares.Count > 0 ? Versions[route.Shares[^1].Version] : null;
    }
}
