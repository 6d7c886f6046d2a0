using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;
#if !USE_ASPIRE
using Azure.Storage.Blobs;
using Microsoft.Extensions.Diagnostics.HealthChecks;
#endif

namespace AiStack.ServiceDefaults;

/// <summary>
/// The stores by the names that AppHost gives them: <c>aistack</c>, <c>cache</c>, <c>blobs</c>. This file is the only
/// difference between a build with the Aspire client packages and one without.
/// </summary>
public static class Stores
{
    /// <summary>
    /// After this a store that does not answer is named as the failing one, before whoever asks has given up.
    /// </summary>
    private static readonly TimeSpan _healthLimit = TimeSpan.FromSeconds(2);

    /// <summary>Postgres, as the role of <paramref name="schema"/>, which row-level security binds.</summary>
    public static void AddDatabase(this IHostApplicationBuilder builder, string schema)
    {
        var role = ServiceRole.From(builder.Configuration, schema);
        builder.Services.AddSingleton(role);

#if USE_ASPIRE
        builder.AddNpgsqlDataSource(
            "aistack", settings => settings.ConnectionString = role.ConnectionString, StatementSpans.Configure);
#else
        builder.Services.AddNpgsqlDataSource(role.ConnectionString, StatementSpans.Configure);
        builder.Services.AddHealthChecks().AddCheck<DatabaseHealth>("aistack", timeout: _healthLimit);
#endif
    }

    /// <summary>Redis, or anything that speaks its protocol.</summary>
    public static void AddCache(this IHostApplicationBuilder builder)
    {
#if USE_ASPIRE
        builder.AddRedisClient("cache", configureOptions: Survive);
#else
        builder.Services.AddSingleton<IConnectionMultiplexer>(services =>
        {
            var options = ConfigurationOptions.Parse(Required(builder.Configuration, "cache"));
            Survive(options);
            return ConnectionMultiplexer.Connect(options);
        });
        builder.Services.AddHealthChecks().AddCheck<CacheHealth>("cache", timeout: _healthLimit);
#endif
    }

    /// <summary>
    /// Blob storage: a folder (<c>file:///…</c>), or Azure's (a connection string or an account's address).
    /// </summary>
    public static void AddBlobs(this IHostApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks().AddCheck<BlobHealth>("blobs", timeout: _healthLimit);
        var connectionString = builder.Configuration.GetConnectionString("blobs") ?? "";
        if (FileBlobStore.TryParseFolder(connectionString, out var folder))
        {
            builder.Services.AddSingleton<IBlobStore>(new FileBlobStore(folder));
            return;
        }

#if USE_ASPIRE
        builder.AddAzureBlobServiceClient("blobs", settings => settings.DisableHealthChecks = true);
#else
        builder.Services.AddSingleton(
            _ => Uri.TryCreate(Required(builder.Configuration, "blobs"), UriKind.Absolute, out var address)
                ? new BlobServiceClient(address)
                : new BlobServiceClient(connectionString));
#endif
        builder.Services.AddSingleton<IBlobStore, AzureBlobStore>();
    }

    /// <summary>
    /// The cache may start after us, go away, and come back: until then, callers are told so at once.
    /// </summary>
    private static void Survive(ConfigurationOptions options)
    {
        options.AbortOnConnectFail = false;
        options.BacklogPolicy = BacklogPolicy.FailFast;
    }

    internal static string Required(IConfiguration configuration, string name) =>
        configuration.GetConnectionString(name) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException(
                $"ConnectionStrings:{name} is missing. Start the services with: dotnet run --project AiStack.AppHost");

#if !USE_ASPIRE
    private sealed class DatabaseHealth(Npgsql.NpgsqlDataSource database) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await using var command = database.CreateCommand("select 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
    }

    private sealed class CacheHealth(IConnectionMultiplexer cache) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await cache.GetDatabase().PingAsync().WaitAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
    }
#endif
}
