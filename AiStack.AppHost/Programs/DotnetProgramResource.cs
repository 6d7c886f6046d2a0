namespace AiStack.AppHost.Programs;

/// <summary>
/// One of our programs, run as it was built: <c>dotnet AiStack.Ingest.dll</c>. Aspire's <c>AddProject</c> runs each as
/// <c>dotnet run</c>, a second process that costs seconds of processor time and 70 MB a program. In all other
/// ways, for the manifest, replicas and debuggers too, it is a project.
/// </summary>
internal sealed class DotnetProgramResource(string name, string assembly, string directory)
    : ExecutableResource(name, "dotnet", directory), IResourceWithServiceDiscovery, IDotnetProgramResource
{
    /// <summary>The program's file.</summary>
    public string Assembly { get; } = assembly;
}
