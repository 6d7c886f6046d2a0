using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Errors;

namespace AiStack.ServiceDefaults.Blobs;

/// <summary>Blobs as files, <c>ab/cd/abcd…</c> by their hash, below one folder.</summary>
internal sealed class FileBlobStore(string folder) : IBlobStore
{
    private readonly string _unfinished = Path.Combine(folder, "unfinished");

    /// <summary>Reads <c>file:///absolute/path</c>.</summary>
    public static bool TryParseFolder(string connectionString, [NotNullWhen(true)] out string? folder)
    {
        folder = Uri.TryCreate(connectionString, UriKind.Absolute, out var uri) && uri.IsFile ? uri.LocalPath : null;
        return folder is not null;
    }

    public Task<Outcome<StoredBlob>> PutAsync(Stream content, long maxBytes, CancellationToken cancellationToken) =>
        GuardAsync(() => WriteAsync(content, maxBytes, cancellationToken));

    public Task<Stream?> OpenAsync(BlobId id, CancellationToken cancellationToken) => GuardAsync(() =>
    {
        try
        {
            return Task.FromResult<Stream?>(new FileStream(PathOf(id), new FileStreamOptions
            {
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
                Share = FileShare.Read | FileShare.Delete,
            }));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException && Directory.Exists(folder))
        {
            return Task.FromResult<Stream?>(null);
        }
    });

    public Task DeleteAsync(BlobId id, CancellationToken cancellationToken) => GuardAsync(() =>
    {
        var path = PathOf(id);
        if (File.Exists(path))
        {
            File.Delete(path);
        }

        return Task.FromResult(true);
    });

    public async IAsyncEnumerable<StoredBlob> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await PingAsync(cancellationToken);
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (file.Name.Length == 64)
            {
                yield return new(new(Convert.FromHexString(file.Name)), file.Length);
            }
        }
    }

    public Task PingAsync(CancellationToken cancellationToken) => GuardAsync(() =>
        Directory.Exists(folder) ? Task.FromResult(true) : throw new DirectoryNotFoundException("The blob folder is gone."));

    private async Task<Outcome<StoredBlob>> WriteAsync(Stream content, long maxBytes, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_unfinished);
        var unfinished = Path.Combine(_unfinished, Path.GetRandomFileName());
        try
        {
            Outcome<StoredBlob> hashed;
            await using (var file = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, useAsync: true))
            {
                hashed = await BlobHashing.CopyAsync(content, file, maxBytes, cancellationToken);
                file.Flush(flushToDisk: true); // What is accepted survives a power cut.
            }

            if (hashed.TryGet(out var blob, out _))
            {
                // A rename is atomic: readers see the whole blob or none of it.
                var path = PathOf(blob.Id);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.Move(unfinished, path, overwrite: true);
            }

            return hashed;
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>A disk that is full, gone or read-only is a dependency that is down; it is not the caller's request that broke.</summary>
    private static async Task<T> GuardAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException
            || (exception is IOException && exception is not Microsoft.AspNetCore.Http.BadHttpRequestException
                && exception is not Microsoft.AspNetCore.Connections.ConnectionResetException
                && exception.Source == typeof(File).Assembly.GetName().Name))
        {
            throw new BlobsUnavailableException("The blob folder cannot be used.", exception);
        }
    }

    private string PathOf(BlobId id)
    {
        var name = id.ToString();
        return Path.Combine(folder, name[..2], name[2..4], name);
    }
}
