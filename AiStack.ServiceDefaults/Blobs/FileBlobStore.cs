using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Errors;

namespace AiStack.ServiceDefaults.Blobs;

/// <summary>Blobs as files, <c>ab/cd/abcd…</c> by their hash, below one folder.</summary>
internal sealed class FileBlobStore(string folder) : IBlobStore
{
    /// <summary>SHA-256 in hexadecimal.</summary>
    private const int NameLength = 64;

    /// <summary>Longer than any upload takes: what is older was left by a process that died.</summary>
    private static readonly TimeSpan _longestUpload = TimeSpan.FromDays(1);

    private readonly string _unfinished = Path.Combine(folder, "unfinished");
    private int _swept;

    /// <summary>Reads <c>file:///absolute/path</c>.</summary>
    public static bool TryParseFolder(string connectionString, [NotNullWhen(true)] out string? folder)
    {
        folder = Uri.TryCreate(connectionString, UriKind.Absolute, out var uri) && uri.IsFile ? uri.LocalPath : null;
        return folder is not null;
    }

    public async Task<Outcome<StoredBlob>> PutAsync(Stream content, long maxBytes, CancellationToken cancellationToken)
    {
        var unfinished = Path.Combine(_unfinished, Path.GetRandomFileName());
        try
        {
            Outcome<StoredBlob> hashed;
            await using (var file = Guard(() => Create(unfinished)))
            {
                hashed = await BlobHashing.CopyAsync(content, file, maxBytes, cancellationToken);
                Guard(() => file.Flush(flushToDisk: true)); // What is accepted survives a power cut.
            }

            if (hashed.TryGet(out var blob, out _))
            {
                Guard(() => Publish(unfinished, PathOf(blob.Id)));
            }

            return hashed;
        }
        finally
        {
            if (File.Exists(unfinished))
            {
                File.Delete(unfinished);
            }
        }
    }

    public Task<Stream?> OpenAsync(BlobId id, CancellationToken cancellationToken) =>
        Task.FromResult<Stream?>(Guard(() => Open(id)));

    public Task DeleteAsync(BlobId id, CancellationToken cancellationToken)
    {
        Guard(() => File.Delete(PathOf(id)), unlessAbsent: true);
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<StoredBlob> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await PingAsync(cancellationToken);
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (file.Name.Length == NameLength)
            {
                yield return new(new(Convert.FromHexString(file.Name)), file.Length);
            }
        }
    }

    public Task PingAsync(CancellationToken cancellationToken) =>
        Directory.Exists(folder)
            ? Task.CompletedTask
            : Task.FromException(
                new BlobsUnavailableException("The blob folder is gone.", new DirectoryNotFoundException()));

    public long? FreeBytes => new DriveInfo(folder).AvailableFreeSpace;

    private FileStream Create(string path)
    {
        // A disk that is away is an outage: what were written to a folder made in its place would be lost with it.
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException(folder);
        }

        Directory.CreateDirectory(_unfinished);
        SweepOnce();
        return new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, useAsync: true);
    }

    /// <summary>Deletes what died processes left, once in this process's life.</summary>
    private void SweepOnce()
    {
        if (Interlocked.Exchange(ref _swept, 1) == 1)
        {
            return;
        }

        var before = TimeProvider.System.GetUtcNow() - _longestUpload;
        foreach (var file in new DirectoryInfo(_unfinished).EnumerateFiles())
        {
            if (file.LastWriteTimeUtc < before)
            {
                file.Delete();
            }
        }
    }

    private static void Publish(string unfinished, string path)
    {
        // A rename is atomic: readers see the whole blob or none of it.
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Move(unfinished, path, overwrite: true);
    }

    private FileStream? Open(BlobId id)
    {
        try
        {
            return new(PathOf(id), new FileStreamOptions
            {
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
                Share = FileShare.Read | FileShare.Delete,
            });
        }
        catch (IOException exception) when (
            exception is FileNotFoundException or DirectoryNotFoundException && Directory.Exists(folder))
        {
            return null;
        }
    }

    private static void Guard(Action use, bool unlessAbsent = false) => Guard<object?>(() =>
    {
        try
        {
            use();
        }
        catch (DirectoryNotFoundException) when (unlessAbsent)
        {
            // Nothing to delete.
        }

        return null;
    });

    /// <summary>A disk that is full, gone or read-only is a dependency that is down, not a bug.</summary>
    private static T Guard<T>(Func<T> use)
    {
        try
        {
            return use();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw BlobsUnavailableException.From("The blob folder cannot be used.", exception);
        }
    }

    private string PathOf(BlobId id)
    {
        var name = id.ToString();
        return Path.Combine(folder, name[..2], name[2..4], name);
    }
}
