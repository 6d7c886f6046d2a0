using AiStack.AppHost.Local.Feed;

namespace AiStack.AppHost.Local;

/// <summary>A part of the system: a store, a service, a secret.</summary>
internal interface IResource
{
    string Name { get; }
}

/// <summary>A store, which others reach by the connection string that it gives at run time.</summary>
internal interface IResourceWithConnectionString : IResource
{
    string ConnectionString(RunContext run);
}

/// <summary>A service, which others find under <c>services:NAME:http:0</c>.</summary>
internal interface IResourceWithServiceDiscovery : IResource;

/// <summary>Where a service's project and its build output are. The build makes one for each project.</summary>
internal interface IProjectMetadata
{
    string ProjectPath { get; }

    string AssemblyPath { get; }
}

/// <summary>A resource being described.</summary>
internal interface IResourceBuilder<out T>
    where T : IResource
{
    T Resource { get; }

    DistributedApplicationBuilder ApplicationBuilder { get; }
}

internal sealed record ResourceBuilder<T>(T Resource, DistributedApplicationBuilder ApplicationBuilder)
    : IResourceBuilder<T>
    where T : IResource;

/// <summary>A resource, and what it comes after.</summary>
internal abstract class Resource(string name) : IResource
{
    public string Name { get; } = name;

    /// <summary>What must be healthy, or finished, before this one starts.</summary>
    public List<Resource> WaitsFor { get; } = [];

    /// <summary>What must have been started before this one is.</summary>
    public List<Resource> StartsAfter { get; } = [];

    /// <summary>What this one has been given the address of.</summary>
    public List<Resource> References { get; } = [];

    public IEnumerable<Resource> ComesAfter => WaitsFor.Concat(StartsAfter);

    /// <summary>The resource that runs for this one: a database is up when its server is.</summary>
    public virtual Resource RunsIn => this;

    /// <summary>What it is, in one word; empty for what never runs.</summary>
    public virtual string Kind => "";

    /// <summary>What runs, or nothing for a resource that only names something.</summary>
    public virtual Unit? CreateUnit(RunContext run) => null;

    /// <summary>Where it is reached on this machine.</summary>
    public virtual IReadOnlyList<EndpointView> Endpoints(RunContext run) => [];
}

/// <summary>A setting of a service that is known only when the stack runs.</summary>
internal delegate string Setting(RunContext run);
