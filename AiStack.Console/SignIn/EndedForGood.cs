using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AiStack.Console.SignIn;

/// <summary>
/// What must never be valid again: sign-ins that were ended, and links that were used. It is kept next to the keys that
/// protect cookies, so it outlives a restart as they do, and every replica that would take a cookie finds it there.
/// </summary>
internal sealed class EndedForGood
{
    private readonly string _folder;

    /// <summary>Opens what is in the folder, or makes it; forgets what is not good by itself any more.</summary>
    public EndedForGood(string folder, TimeProvider time)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            if (long.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var until) && until < now)
            {
                File.Delete(file);
            }
        }
    }

    /// <summary>Whether it was ended, here or at another replica.</summary>
    public bool Contains(string id) => File.Exists(PathOf(id));

    /// <summary>
    /// Ends it; false when it was ended before. Of several who do so at once, one is told true.
    /// </summary>
    /// <param name="until">When it would end by itself, and can be forgotten.</param>
    public bool TryAdd(string id, DateTimeOffset until)
    {
        try
        {
            using var file = new FileStream(PathOf(id), FileMode.CreateNew, FileAccess.Write);
            file.Write(Encoding.ASCII.GetBytes(
                until.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));
            file.Flush(flushToDisk: true);
            return true;
        }
        catch (IOException) when (Contains(id))
        {
            return false;
        }
    }

    // The name gives nothing away, and is a name whatever the id is.
    private string PathOf(string id) =>
        Path.Combine(_folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id))));
}
