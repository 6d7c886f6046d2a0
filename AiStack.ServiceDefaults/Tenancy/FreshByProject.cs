using System.Collections.Concurrent;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Errors;
using Microsoft.Extensions.Caching.Hybrid;
using Npgsql;

namespace AiStack.ServiceDefaults.Tenancy;

/// <summary>
/// Something that a project sets and every request goes by, read anew twice a second: a change counts in every process
/// within a second, and no request waits for a statement of its own.
/// </summary>
/// <param name="name">What it is, in one word that nothing else has.</param>
/// <typeparam name="T">What is read. It never changes: all requests share it.</typeparam>
public abstract class FreshByProject<T>(HybridCache cache, NpgsqlDataSource database, string name)
    where T : class
{
    private static readonly HybridCacheEntryOptions _fresh = new()
    {
        Expiration = TimeSpan.FromMilliseconds(500),
        LocalCacheExpiration = TimeSpan.FromMilliseconds(500),
        Flags = HybridCacheEntryFlags.DisableDistributedCache,
    };

    private readonly ConcurrentDictionary<Id<Project>, T> _lastKnown = new();

    /// <summary>While the database is away: what it was when it was last there.</summary>
    public async ValueTask<T> ReadAsync(Id<Project> projectId, CancellationToken cancellationToken)
    {
        try
        {
            var read = await cache.GetOrCreateAsync(
                Key(projectId),
                (Cache: this, projectId),
                static (of, cancel) => of.Cache.LoadAsync(of.projectId, cancel),
                _fresh,
                cancellationToken: cancellationToken);
            _lastKnown[projectId] = read;
            return read;
        }
        catch (Exception exception) when (
            DependencyFailure.NameOf(exception) is not null && _lastKnown.ContainsKey(projectId))
        {
            return _lastKnown[projectId];
        }
    }

    /// <summary>Has this process read it anew: who made a change sees it at once.</summary>
    public ValueTask ForgetAsync(Id<Project> projectId) => cache.RemoveAsync(Key(projectId));

    /// <summary>Reads it, on a connection of the project.</summary>
    protected abstract ValueTask<T> LoadAsync(NpgsqlConnection connection, CancellationToken cancellationToken);

    private string Key(Id<Project> projectId) => $"{name}:{projectId}";

    private async ValueTask<T> LoadAsync(Id<Project> projectId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        return await LoadAsync(connection, cancellationToken);
    }
}
