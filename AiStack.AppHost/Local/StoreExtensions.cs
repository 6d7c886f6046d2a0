using AiStack.AppHost.Local.Stores;

namespace AiStack.AppHost.Local;

/// <summary>The stores by Aspire's names; here each is embedded, unless its connection string is given.</summary>
internal static class StoreExtensions
{
    public static IResourceBuilder<PostgresServerResource> AddPostgres(
        this DistributedApplicationBuilder builder, string name) =>
        builder.AddResource(new PostgresServerResource(name));

    public static IResourceBuilder<PostgresDatabaseResource> AddDatabase(
        this IResourceBuilder<PostgresServerResource> server, string name)
    {
        server.Resource.Databases.Add(name);
        return server.ApplicationBuilder.AddResource(new PostgresDatabaseResource(name, server.Resource));
    }

    public static IResourceBuilder<RedisResource> AddRedis(this DistributedApplicationBuilder builder, string name) =>
        builder.AddResource(new RedisResource(name));

    public static IResourceBuilder<AzureStorageResource> AddAzureStorage(
        this DistributedApplicationBuilder builder, string name) =>
        builder.AddResource(new AzureStorageResource(name));

    public static IResourceBuilder<AzureStorageResource> RunAsEmulator(
        this IResourceBuilder<AzureStorageResource> builder,
        Action<IResourceBuilder<AzureStorageEmulatorResource>>? configureContainer = null)
    {
        _ = configureContainer; // It sets up a container, and the built-in host has none.
        return builder;
    }

    public static IResourceBuilder<AzureBlobStorageResource> AddBlobs(
        this IResourceBuilder<AzureStorageResource> builder, string name) =>
        builder.ApplicationBuilder.AddResource(new AzureBlobStorageResource(name));

    /// <summary>Names a container's image; the embedded server has none.</summary>
    public static IResourceBuilder<T> WithImage<T>(this IResourceBuilder<T> builder, string image, string tag)
        where T : IResource
    {
        _ = (image, tag);
        return builder;
    }

    /// <summary>Names a container's volume; the embedded server keeps its data in the data folder.</summary>
    public static IResourceBuilder<T> WithDataVolume<T>(this IResourceBuilder<T> builder, string name)
        where T : IResource
    {
        _ = name;
        return builder;
    }
}
