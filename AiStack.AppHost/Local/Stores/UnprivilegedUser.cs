using AiStack.AppHost.Local.Processes;

namespace AiStack.AppHost.Local.Stores;

/// <summary>The user that PostgreSQL runs as when the host runs as root, which PostgreSQL refuses.</summary>
internal static class UnprivilegedUser
{
    private static readonly string[] _candidates = ["postgres", "nobody"];

    /// <summary>The user to switch to, or <c>null</c> to stay who we are.</summary>
    public static string? ForPostgres()
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
        {
            return null;
        }

        var known = File.ReadLines("/etc/passwd").Select(line => line.Split(':')[0]).ToList();
        return _candidates.FirstOrDefault(known.Contains)
            ?? throw new RefusalException(
                "PostgreSQL does not run as root, and there is no user to run it as: "
                + $"{string.Join(" or ", _candidates)}. Start as an ordinary user.");
    }

    /// <summary>Gives the files to the user, with nobody else able to read them; folders are made.</summary>
    public static void Own(string? user, params string[] paths)
    {
        foreach (var path in paths)
        {
            if (!File.Exists(path))
            {
                PrivateFolder.Make(path);
            }
        }

        if (user is not null)
        {
            OneShot.Run("chown", [user, .. paths]);
        }
    }
}
