namespace AiStack.AppHost.Machine;

/// <summary>A program in a package of the NuGet feed.</summary>
/// <param name="Wanted">The one folder of the package that is kept; the rest is for other systems.</param>
internal sealed record NuGetPackage(string Program, string Id, string Version, string Wanted, string Size)
    : Package(Program, Id, Version, Size)
{
    public override string FolderName => $"{base.FolderName}-{Path.GetFileName(Wanted)}";

    public override string Title => $"{Program} ({Id} {Version} from NuGet)";

    protected override async Task DownloadAsync(SearchPath programs, string into, CancellationToken cancellationToken)
    {
        // PackageDownload takes the package as it is, without making it a reference of anything.
        var fetching = Directory.CreateDirectory(Path.Combine(into, "fetching")).FullName;
        var project = Path.Combine(fetching, "fetch.proj");
        await File.WriteAllTextAsync(
            project,
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <ManagePackageVersionsCentrally>false</ManagePackageVersionsCentrally>
              </PropertyGroup>
              <ItemGroup><PackageDownload Include="{Id}" Version="[{Version}]" /></ItemGroup>
            </Project>
            """,
            cancellationToken);
        await OneShot.RunAsync(
            "dotnet", ["restore", project, "--packages", fetching, "--nologo"], fetching, "", cancellationToken);

        foreach (var entry in Directory.EnumerateFileSystemEntries(Path.Combine(fetching, Id, Version, Wanted)))
        {
            Directory.Move(entry, Path.Combine(into, Path.GetFileName(entry)));
        }

        Directory.Delete(fetching, recursive: true);
    }
}
