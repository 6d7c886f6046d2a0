using AiStack.AppHost.Machine;
using AiStack.AppHost.Run;

namespace AiStack.AppHost.Stores.Postgres;

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

    /// <summary>What makes setpriv switch to the user.</summary>
    public static string[] Options(string user) => ["--reuid", user, "--regid", user, "--init-groups"];

    /// <summary>Gives the files to the user, who alone can read them; makes missing folders.</summary>
    public static async Task OwnAsync(string? user, string[] paths, CancellationToken cancellationToken)
    {
        foreach (var path in paths.Where(path => !File.Exists(path)))
        {
            PrivateFolder.Make(path);
        }

        if (user is not null)
        {
            await OneShot.RunAsync("chown", [user, .. paths], "/", "", cancellationToken);
        }
    }
}
