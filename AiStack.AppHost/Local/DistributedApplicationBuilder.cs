using Microsoft.Extensions.Configuration;

namespace AiStack.AppHost.Local;

/// <summary>The description of the system being written.</summary>
internal sealed class DistributedApplicationBuilder
{
    private readonly List<Resource> _resources = [];
    private readonly string[] _args;

    public DistributedApplicationBuilder(string[] args)
    {
        _args = args;
        Configuration.AddEnvironmentVariables();
        Configuration.AddCommandLine([.. WithoutFlags(args)]);
    }

    public ConfigurationManager Configuration { get; } = new();

    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : Resource
    {
        if (_resources.Any(other => other.Name == resource.Name))
        {
            throw new InvalidOperationException($"Two resources are called '{resource.Name}'.");
        }

        _resources.Add(resource);
        return new ResourceBuilder<T>(resource, this);
    }

    public IResourceBuilder<ProjectResource> AddProject<TProject>(string name)
        where TProject : IProjectMetadata, new() => AddResource(new ProjectResource(name, new TProject()));

    public IResourceBuilder<ParameterResource> AddParameter(
        string name, ParameterDefault value, bool secret = false, bool persist = false)
    {
        _ = secret; // The built-in host treats every parameter as one: none is ever printed.
        return AddResource(new ParameterResource(name, value, persist));
    }

    public DistributedApplication Build() => new(_args, Configuration, _resources);

    // The command line's provider would take the word after a flag for the flag's value.
    private static IEnumerable<string> WithoutFlags(IEnumerable<string> args) =>
        args.Where(arg => arg is not ("--ephemeral" or "--samples" or "--help" or "-h"));
}
