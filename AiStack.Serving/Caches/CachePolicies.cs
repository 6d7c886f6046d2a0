using System.ComponentModel;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using Microsoft.Extensions.Caching.Hybrid;
using Npgsql;

namespace AiStack.Serving.Caches;

/// <summary>How long each project's answers are kept to be given again.</summary>
internal sealed class CachePolicies(HybridCache cache, NpgsqlDataSource database)
    : FreshByProject<CachePolicy>(cache, database, "cache_policy")
{
    protected override async ValueTask<CachePolicy> LoadAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await connection.FirstOrDefaultAsync(
            $"select max_age, updated_at, updated_by from serving.cache_policy",
            row => new CachePolicy(
                row.GetTimeSpan(0), row.GetFieldValue<DateTimeOffset>(1), row.GetString(2)),
            cancellationToken) ?? CachePolicy.Off;
}

/// <summary>How long answers are kept, and who said so.</summary>
[ImmutableObject(true)]
internal sealed record CachePolicy(TimeSpan MaxAge, DateTimeOffset? UpdatedAt = null, string? UpdatedBy = null)
{
    /// <summary>None are kept: of a model, people may want another answer to the same question.</summary>
    public static CachePolicy Off { get; } = new(TimeSpan.Zero);
}
