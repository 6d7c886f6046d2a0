using AiStack.AppHost.Programs;
using AiStack.AppHost.Run;

namespace AiStack.AppHost.Samples;

/// <summary>The folder of the sample documents, as a source of documents.</summary>
internal static class SampleFolder
{
    private const string Folders = "Ingest:Sources:Folders";

    /// <summary>
    /// Lets sources read the sample documents, on this machine and unless --folder or a setting names folders: a source
    /// can be tried without any.
    /// </summary>
    public static IResourceBuilder<DotnetProgramResource> WithSampleFolder(
        this IResourceBuilder<DotnetProgramResource> ingest)
    {
        var builder = ingest.ApplicationBuilder;
        return builder.ExecutionContext.IsPublishMode || builder.Configuration.GetSection(Folders).GetChildren().Any()
            ? ingest
            : ingest.WithEnvironment("Ingest__Sources__Folders__0", Path.Combine(Repository.Root, "samples"));
    }
}
