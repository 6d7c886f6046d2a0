using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Telemetry;
using AiStack.ServiceDefaults.Tenancy;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry.Trace;
using StackExchange.Redis;
#if !AZURE_INTEGRATIONS
using Azure.Storage.Blobs;
#endif

namespace AiStack.ServiceDefaults;

/// <summary>
/// The stores by the names that AppHost gives them: <c>aistack</c>, <c>cache</c>, <c>blobs</c>, by Aspire's client
/// integrations: what is set under <c>Aspire:</c> is for them.
/// </summary>
public static class Stores
{
    /// <summary>The key of the database of background work, which has its own connections and more time.</summary>
    public const string Background = "background";

    /// <summary>Postgres, as the role of <paramref name="schema"/>, which row-level security binds.</summary>
    /// <remarks>Background work asks for it by the key <see cref="Background"/>.</remarks>
    public static void AddDatabase(this IHostApplicationBuilder builder, string schema)
    {
        var role = ServiceRole.From(builder.Configuration, schema);
        builder.Services.AddSingleton(role);
        builder.AddNpgsqlDataSource(
            "aistack", settings => settings.ConnectionString = role.ConnectionString, StatementSpans.Configure);
        builder.Services.AddKeyedSingleton(Background, (services, _) => Build(services, role.Background));
        builder.Services.AddSingleton(services => new ProjectStatements(Build(services, role.Statements)));
    }

    private static NpgsqlDataSource Build(IServiceProvider services, string connectionString)
    {
        var database = new NpgsqlDataSourceBuilder(connectionString);
        database.UseLoggerFactory(services.GetService<ILoggerFactory>());
        StatementSpans.Configure(database);
        return database.Build();
    }

    /// <summary>
    /// Redis, or anything that speaks its protocol. It may start after us, go away, and come back: until then, callers
    /// are told so at once.
    /// </summary>
    public static void AddCache(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddRedisClient("cache", configureOptions: options =>
        {
            options.AbortOnConnectFail = false;
            options.BacklogPolicy = BacklogPolicy.FailFast;
        });
        builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(new CacheSpans()));
    }

    /// <summary>
    /// Blob storage: a folder (<c>file:///…</c>), or Azure's (a connection string or an account's address).
    /// </summary>
    public static void AddBlobs(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddHealthChecks().AddCheck<BlobHealth>("blobs");
        var connectionString = builder.Configuration.GetConnectionString("blobs") ?? "";
        if (FileBlobStore.TryParseFolder(connectionString, out var folder))
        {
            builder.Services.AddSingleton<IBlobStore>(new FileBlobStore(folder));
            return;
        }

#if AZURE_INTEGRATIONS
        builder.AddAzureBlobServiceClient("blobs", settings => settings.DisableHealthChecks = true);
#else
        builder.Services.AddSingleton(
            _ => Uri.TryCreate(Required(builder.Configuration, "blobs"), UriKind.Absolute, out var address)
                ? new BlobServiceClient(address)
                : new BlobServiceClient(connectionString));
#endif
        builder.Services.AddSingleton<IBlobStore, AzureBlobStore>();
    }

    internal static string Required(IConfiguration configuration, string name) =>
        configuration.GetConnectionString(name) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException(
                $"ConnectionStrings:{name} is missing. Start the services with: dotnet run --project AiStack.AppHost");
}
