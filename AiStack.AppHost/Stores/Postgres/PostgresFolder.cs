using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AiStack.AppHost.Run;

namespace AiStack.AppHost.Stores.Postgres;

/// <summary>Where the embedded PostgreSQL server has its files, and where its socket is.</summary>
internal sealed record PostgresFolder(string Home, string Socket)
{
    /// <summary>A unix socket's path must fit in 107 bytes, the file name included.</summary>
    private const int MaxSocketFolderLength = 85;

    private const string Elsewhere = "/var/lib/aistack";

    /// <summary>The server's own files.</summary>
    public string Data => Path.Combine(Home, "data");

    /// <summary>The server's process, by its own file; null while there is none.</summary>
    public int? ServerProcess
    {
        get
        {
            try
            {
                var first = File.ReadLines(Path.Combine(Data, "postmaster.pid")).FirstOrDefault();
                return int.TryParse(first, CultureInfo.InvariantCulture, out var id) ? id : null;
            }
            catch (IOException)
            {
                return null; // There is no such file, or it goes just now.
            }
        }
    }

    /// <summary>
    /// In the data folder. Under root, though, PostgreSQL runs as another user, who cannot reach a data folder
    /// inside a private one such as /root; then under /var/lib, and the data folder has a link to it.
    /// </summary>
    public static PostgresFolder Of(LocalRun run)
    {
        var inside = run.Folder.File("postgres");
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess || CanOthersReach(run.Folder.Path))
        {
            return new PostgresFolder(inside, SocketIn(inside, run.Folder));
        }

        // Not the path's hash: a data folder that is deleted and made again must not find the old one's data.
        var name = run.Secrets.GetOrAdd("postgres-folder", () => SecretExtensions.RandomText(16));
        var home = Path.Combine(Elsewhere, name);
        Directory.CreateDirectory(Elsewhere);
        if (!Path.Exists(inside))
        {
            File.CreateSymbolicLink(inside, home);
        }

        run.Folder.Owns(home);
        return new PostgresFolder(home, SocketIn(home, run.Folder));
    }

    private static string SocketIn(string home, DataFolder folder)
    {
        var inside = Path.Combine(home, "socket");
        if (inside.Length <= MaxSocketFolderLength)
        {
            return inside;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(inside)))[..16];
        var outside = Path.Combine(Path.GetTempPath(), $"aistack-socket-{hash}");
        folder.Owns(outside);
        return outside;
    }

    private static bool CanOthersReach(string path)
    {
        for (var folder = new DirectoryInfo(path); folder is not null; folder = folder.Parent)
        {
            if (!folder.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
            {
                return false;
            }
        }

        return true;
    }
}
