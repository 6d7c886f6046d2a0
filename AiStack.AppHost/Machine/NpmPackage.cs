using AiStack.AppHost.Run;

namespace AiStack.AppHost.Machine;

/// <summary>A program in a package of the npm registry.</summary>
internal sealed record NpmPackage(string Program, string Id, string Version, string Size)
    : Package(Program, Id, Version, Size)
{
    public override string Title => $"{Program} ({Id} {Version} from npm)";

    /// <summary>The package's own folder inside <paramref name="fetched"/>.</summary>
    public string In(string fetched) => Path.Combine(fetched, "node_modules", Id);

    protected override async Task DownloadAsync(SearchPath programs, string into, CancellationToken cancellationToken)
    {
        var npm = programs.Find("npm") ?? throw new RefusalException("Node.js with npm is not installed");
        await OneShot.RunAsync(
            npm, ["install", "--prefix", into, "--no-audit", "--no-fund", "--ignore-scripts", $"{Id}@{Version}"],
            into, "", cancellationToken);

        // npm packages hold no symbolic links; the package's own script, which we did not let npm run, makes them.
        var script = Path.Combine(In(into), "scripts", "hydrate-symlinks.js");
        if (File.Exists(script))
        {
            await OneShot.RunAsync(programs.Find("node")!, [script], In(into), "", cancellationToken);
        }
    }
}
