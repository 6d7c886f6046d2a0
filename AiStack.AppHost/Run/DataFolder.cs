using System.Globalization;

namespace AiStack.AppHost.Run;

/// <summary>
/// The one folder that a stack keeps everything in. Held by a lock, which the system drops with the process
/// however it ends: two hosts never share a folder, and a crash leaves nothing to clean up by hand.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    /// <summary>The file that says that the database is in a volume of the container engine.</summary>
    public const string ContainersMark = "containers.txt";

    private const string EphemeralPrefix = "aistack-";

    /// <summary>A host locks the folder a moment after it makes it; no other may take it in that moment.</summary>
    private static readonly TimeSpan _young = TimeSpan.FromMinutes(1);

    /// <summary>What is kept for good: the database, and the blobs.</summary>
    private static readonly string[] _stores = ["postgres/data", "blobs"];

    private readonly FileStream _lock;
    private readonly List<string> _elsewhere = [];

    private DataFolder(string path, FileStream held, bool isEphemeral)
    {
        (Path, _lock, IsEphemeral) = (path, held, isEphemeral);
        HasData = _stores.Any(store => Directory.Exists(File(store)) && Directory.EnumerateFileSystemEntries(
            File(store)).Any()) || System.IO.File.Exists(File(ContainersMark));
    }

    public string Path { get; }

    public bool IsEphemeral { get; }

    /// <summary>A folder that is elsewhere and goes with this one when this one is temporary.</summary>
    public void Owns(string folder) => _elsewhere.Add(folder);

    /// <summary>Whether there was data of an earlier start when the folder was opened.</summary>
    public bool HasData { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public static DataFolder Open(HostArguments arguments, string defaultPath)
    {
        if (arguments.IsEphemeral)
        {
            RemoveAbandoned();
            var temporary = Directory.CreateTempSubdirectory(EphemeralPrefix).FullName;
            LetStoresThrough(temporary);
            return Lock(temporary, isEphemeral: true);
        }

        var path = System.IO.Path.GetFullPath(arguments.DataFolder ?? defaultPath);
        try
        {
            if (!Directory.Exists(path))
            {
                Directory.CreateDirectory(path);
                LetStoresThrough(path); // Of a folder that was there, the rights are not ours to change.
            }

            return Lock(path, isEphemeral: false);
        }
        catch (UnauthorizedAccessException)
        {
            throw new RefusalException($"{path} cannot be written to. Give another folder with --data.");
        }
        catch (IOException exception) when (!Directory.Exists(path))
        {
            throw new RefusalException(
                $"{path} cannot be made ({exception.Message}). Give another folder with --data.");
        }
    }

    public void Dispose()
    {
        _lock.Dispose();
        if (!IsEphemeral)
        {
            return;
        }

        foreach (var folder in _elsewhere.Where(Directory.Exists).Append(Path))
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException exception)
            {
                // A program that was killed may still write; the next temporary run removes what is left.
                Console.Error.WriteLine($"{folder} could not be removed: {exception.Message}");
            }
        }
    }

    private static DataFolder Lock(string path, bool isEphemeral)
    {
        var file = System.IO.Path.Combine(path, "lock");
        try
        {
            // FileShare.None is a lock (flock) on Unix too, and children do not inherit the handle.
            var held = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            System.IO.File.WriteAllText(HolderFile(path), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new DataFolder(path, held, isEphemeral);
        }
        catch (IOException)
        {
            throw new RefusalException(
                $"Another AiStack ({HolderOf(path)}) is running on {path}. "
                + "Stop it, or give another folder with --data.");
        }
    }

    // The lock file itself cannot be read while it is locked.
    private static string HolderFile(string path) => System.IO.Path.Combine(path, "host.pid");

    private static string HolderOf(string path) =>
        System.IO.File.Exists(HolderFile(path))
            ? $"process {System.IO.File.ReadAllText(HolderFile(path))}"
            : "starting";

    // PostgreSQL refuses to run as root, so under root it runs as another user, who must get through to its data.
    private static void LetStoresThrough(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            var owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            var others = UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
            System.IO.File.SetUnixFileMode(path, Environment.IsPrivilegedProcess ? owner | others : owner);
        }
    }

    // A killed host cannot remove its temporary folder; the next one does, unless the folder's lock is held.
    private static void RemoveAbandoned()
    {
        foreach (var path in Directory.EnumerateDirectories(System.IO.Path.GetTempPath(), EphemeralPrefix + "*"))
        {
            try
            {
                if (new DirectoryInfo(path).LinkTarget is null
                    && new FileInfo(System.IO.Path.Combine(path, "lock")) is { Exists: true, LinkTarget: null }
                    && IsOld(path))
                {
                    // Nothing is written: the folder may be another user's, with links that lead elsewhere.
                    using var held = new FileStream(
                        System.IO.Path.Combine(path, "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                    Directory.Delete(path, recursive: true);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // In use, or another user's.
            }
        }
    }

    private static bool IsOld(string path) =>
        TimeProvider.System.GetUtcNow() - Directory.GetLastWriteTimeUtc(path) > _young;
}
