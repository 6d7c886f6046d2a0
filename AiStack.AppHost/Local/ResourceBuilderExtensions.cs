namespace AiStack.AppHost.Local;

/// <summary>The verbs of Aspire that AppHost.cs uses, with Aspire's meaning.</summary>
internal static class ResourceBuilderExtensions
{
    /// <summary>Gives the destination the store's connection string as <c>ConnectionStrings:NAME</c>.</summary>
    public static IResourceBuilder<ProjectResource> WithReference(
        this IResourceBuilder<ProjectResource> builder, IResourceBuilder<IResourceWithConnectionString> source)
    {
        var store = source.Resource;
        builder.Resource.Environment[$"ConnectionStrings__{store.Name}"] = store.ConnectionString;
        builder.Resource.References.Add((Resource)store);
        return builder;
    }

    /// <summary>Gives the destination the service's address as <c>services:NAME:http:0</c>.</summary>
    public static IResourceBuilder<ProjectResource> WithReference(
        this IResourceBuilder<ProjectResource> builder, IResourceBuilder<ProjectResource> source)
    {
        var service = source.Resource;
        builder.Resource.Environment[$"services__{service.Name}__http__0"] = service.Address;
        builder.Resource.References.Add(service);
        return builder;
    }

    public static IResourceBuilder<ProjectResource> WithEnvironment(
        this IResourceBuilder<ProjectResource> builder, string name, IResourceBuilder<ParameterResource> parameter)
    {
        builder.Resource.Environment[name] = parameter.Resource.Value;
        return builder;
    }

    public static IResourceBuilder<ProjectResource> WithEnvironment(
        this IResourceBuilder<ProjectResource> builder, string name, ReferenceExpression value)
    {
        builder.Resource.Environment[name] = value.Resolve;
        return builder;
    }

    public static IResourceBuilder<ProjectResource> WithArgs(
        this IResourceBuilder<ProjectResource> builder, params string[] args)
    {
        builder.Resource.Arguments.AddRange(args);
        return builder;
    }

    /// <summary>
    /// Adds an endpoint. The service listens on it by its URL, or by itself where <paramref name="env"/> says.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithHttpEndpoint(
        this IResourceBuilder<ProjectResource> builder, int? port = null, string? name = null, string? env = null)
    {
        builder.Resource.HttpEndpoints.Add(new HttpEndpoint(name ?? HttpEndpoint.DefaultName, port, env));
        return builder;
    }

    /// <summary>Says that people and clients use these endpoints: their ports should be the ones asked for.</summary>
    public static IResourceBuilder<ProjectResource> WithExternalHttpEndpoints(
        this IResourceBuilder<ProjectResource> builder)
    {
        builder.Resource.HttpEndpoints.ForEach(endpoint => endpoint.IsExternal = true);
        return builder;
    }

    public static IResourceBuilder<ProjectResource> WithHttpHealthCheck(
        this IResourceBuilder<ProjectResource> builder, string path)
    {
        builder.Resource.HealthPath = path;
        return builder;
    }

    /// <summary>Starts the resource only when the dependency is healthy.</summary>
    public static IResourceBuilder<T> WaitFor<T>(
        this IResourceBuilder<T> builder, IResourceBuilder<Resource> dependency)
        where T : Resource
    {
        builder.Resource.WaitsFor.Add(dependency.Resource);
        return builder;
    }

    /// <summary>Starts the resource only when the dependency has been started, healthy or not.</summary>
    public static IResourceBuilder<T> WaitForStart<T>(
        this IResourceBuilder<T> builder, IResourceBuilder<Resource> dependency)
        where T : Resource
    {
        builder.Resource.StartsAfter.Add(dependency.Resource);
        return builder;
    }

    /// <summary>Starts the resource only when the job has finished with exit code 0.</summary>
    public static IResourceBuilder<T> WaitForCompletion<T>(
        this IResourceBuilder<T> builder, IResourceBuilder<Resource> dependency)
        where T : Resource => builder.WaitFor(dependency);
}
