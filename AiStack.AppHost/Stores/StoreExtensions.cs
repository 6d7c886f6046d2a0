using System.Security.Cryptography;
using System.Text;
using AiStack.AppHost.Run;
using AiStack.AppHost.Stores.Postgres;
using AiStack.AppHost.Stores.Redis;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace AiStack.AppHost.Stores;

/// <summary>
/// The stores. Elsewhere where a connection string is configured; containers where an engine answers; programs of this
/// machine otherwise. The setting <c>Stores</c> decides between the last two.
/// </summary>
internal static class StoreExtensions
{
    private const int PasswordLength = 32;
    /// <summary>The file of a data folder that says that its data is in containers.</summary>

    /// <summary>PostgreSQL, with one database.</summary>
    public static SharedDatabase AddSharedDatabase(
        this IDistributedApplicationBuilder builder, string server, string name, LocalRun run)
    {
        if (builder.Configuration.GetConnectionString(name) is { Length: > 0 } elsewhere)
        {
            return new(builder.AddConnectionString(name), AddressIn(elsewhere), run);
        }

        var password = builder.AddKeptSecret($"{server}-password", PasswordLength, run);
        if (builder.UsesContainers(run))
        {
            var postgres = builder.AddPostgres(server, password: password).WithImage("pgvector/pgvector", "pg17");
            if (builder.VolumeOf(server, run) is { } volume)
            {
                postgres.WithDataVolume(volume);
            }

            var host = postgres.Resource.PrimaryEndpoint.Property(EndpointProperty.Host);
            var port = postgres.Resource.PrimaryEndpoint.Property(EndpointProperty.Port);
            return new(
                postgres.AddDatabase(name),
                ReferenceExpression.Create($"Host={host};Port={port};Database={name}"),
                run);
        }

        var embedded = builder.AddEmbeddedPostgres(server, password, run);
        var database = embedded.AddDatabase(name);
        return new(
            database, ReferenceExpression.Create($"{embedded.Resource.Address};Database={name}"), run);
    }

    /// <summary>Redis.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddCache(
        this IDistributedApplicationBuilder builder, string name, LocalRun run)
    {
        if (builder.Configuration.GetConnectionString(name) is { Length: > 0 })
        {
            return builder.AddConnectionString(name);
        }

        var password = builder.AddKeptSecret($"{name}-password", PasswordLength, run);
        return builder.UsesContainers(run)
            ? builder.AddRedis(name, password: password)
            : builder.AddEmbeddedRedis(name, password, run);
    }

    /// <summary>Blob storage: a folder, Azurite or Azure by connection string; a folder of the run otherwise.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddBlobs(
        this IDistributedApplicationBuilder builder, string name, LocalRun run) =>
        builder.ExecutionContext.IsPublishMode
        || builder.Configuration.GetConnectionString(name) is { Length: > 0 }
            ? builder.AddConnectionString(name)
            : builder.AddBlobFolder(name, run.Folder.File(name));

    private static bool UsesContainers(this IDistributedApplicationBuilder builder, LocalRun run)
    {
        if (builder.ExecutionContext.IsPublishMode)
        {
            return true;
        }

        // Data stays where it was made: an engine that comes or goes must not make it seem lost.
        var mark = run.Folder.File(DataFolder.ContainersMark);
        var uses = builder.Configuration["Stores"] switch
        {
            "containers" => true,
            "embedded" => false,
            null or "" when Directory.Exists(run.Folder.File("postgres")) => false,
            null or "" when File.Exists(mark) && !ContainerEngine.Answers(builder.Configuration) =>
                throw new RefusalException(
                    $"The data of {run.Folder.Path} is in containers, and no container engine answers. Start one, or "
                    + "start on another folder with --data."),
            null or "" => ContainerEngine.Answers(builder.Configuration),
            var other => throw new RefusalException(
                $"The setting Stores is 'embedded' or 'containers', not '{other}'."),
        };
        if (uses && !File.Exists(mark))
        {
            File.WriteAllText(mark, "PostgreSQL's files are in a volume of the container engine.\n");
        }

        return uses;
    }

    // Data belongs to its folder, whose secrets open it; a temporary one keeps none.
    private static string? VolumeOf(this IDistributedApplicationBuilder builder, string server, LocalRun run)
    {
        if (builder.ExecutionContext.IsPublishMode || run.Folder.IsEphemeral)
        {
            return null;
        }

        var folder = SHA256.HashData(Encoding.UTF8.GetBytes(run.Folder.Path));
        return $"aistack-{server}-{Convert.ToHexStringLower(folder)[..12]}";
    }

    private static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        try
        {
            return new(connectionString);
        }
        catch (ArgumentException exception)
        {
            throw new RefusalException($"ConnectionStrings__aistack is not valid: {exception.Message}");
        }
    }

    private static ReferenceExpression AddressIn(string connectionString)
    {
        var address = Parse(connectionString);
        address.Remove("Username");
        address.Remove("Password");
        return ReferenceExpression.Create($"{address.ConnectionString}");
    }
}
