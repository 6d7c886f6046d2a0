using System.Diagnostics;
using System.Runtime.InteropServices;
using AiStack.AppHost.Machine;
using AiStack.AppHost.Run;

namespace AiStack.AppHost.Stores.Postgres;

/// <summary>PostgreSQL's programs: those of this machine, or else a package that is fetched before the start.</summary>
internal sealed record PostgresPrograms(string Folder, NpmPackage? Package)
{
    private const string PackageVersion = "18.4.0-beta.17";
    private const string PackageSize = "60 MB";
    private const string DebianRoot = "/usr/lib/postgresql";

    public string Postgres => Program("postgres");

    public string InitDb => Program("initdb");

    /// <summary>Null where the package is used, which does not have it.</summary>
    public string? PgDump => File.Exists(Program("pg_dump")) ? Program("pg_dump") : null;

    /// <summary>
    /// The installed PostgreSQL, otherwise one from npm. Existing data decides the major version, since a server reads
    /// only its own version's files; without that version there is nothing to start.
    /// </summary>
    public static PostgresPrograms Find(PackageFolder packages, string dataPath)
    {
        var versionFile = Path.Combine(dataPath, "PG_VERSION");
        var wanted = File.Exists(versionFile) ? File.ReadAllText(versionFile).Trim() : null;
        if ((Debian(wanted) ?? OnPath(packages.Programs, wanted)) is { } installed)
        {
            return new(installed, null);
        }

        var packaged = PackageVersion[..PackageVersion.IndexOf('.', StringComparison.Ordinal)];
        if (wanted is not null && wanted != packaged)
        {
            throw new RefusalException(
                $"{dataPath} was made by PostgreSQL {wanted}, which is not installed any more. "
                + $"Install it (Debian: postgresql-{wanted}), or start on another folder with --data.");
        }

        var system = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        var architecture = RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();
        var package = new NpmPackage(
            "PostgreSQL", $"@embedded-postgres/{system}-{architecture}", PackageVersion, PackageSize);
        return new(Path.Combine(package.In(packages.PathOf(package)), "native", "bin"), package);
    }

    // Debian keeps every version in a folder of its own, outside PATH.
    private static string? Debian(string? wanted) => !Directory.Exists(DebianRoot)
        ? null
        : Directory.EnumerateDirectories(DebianRoot)
            .Where(folder => wanted is null || Path.GetFileName(folder) == wanted)
            .Select(folder => Path.Combine(folder, "bin"))
            .Where(folder => File.Exists(Path.Combine(folder, "initdb")))
            .OrderByDescending(folder => folder.Length).ThenByDescending(folder => folder)
            .FirstOrDefault();

    private static string? OnPath(SearchPath programs, string? wanted)
    {
        if (programs.Find("postgres") is not { } postgres || programs.Find("initdb") is null)
        {
            return null;
        }

        // It prints, for example, "postgres (PostgreSQL) 16.3 (Homebrew)".
        using var asked = Process.Start(new ProcessStartInfo(postgres, "--version") { RedirectStandardOutput = true })!;
        var version = asked.StandardOutput.ReadToEnd().Trim().Split(' ').ElementAtOrDefault(2) ?? "";
        return wanted is null || version.StartsWith($"{wanted}.", StringComparison.Ordinal)
            ? Path.GetDirectoryName(postgres)
            : null;
    }

    private string Program(string name) =>
        Path.Combine(Folder, OperatingSystem.IsWindows() ? $"{name}.exe" : name);
}
