using System.Runtime.CompilerServices;
using AiStack.Contracts;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace AiStack.ServiceDefaults.Blobs;

/// <summary>Blobs in an Azure container named <c>aistack</c>, <c>ab/cd/abcd…</c> by their hash.</summary>
internal sealed class AzureBlobStore(BlobServiceClient service) : IBlobStore
{
    private readonly BlobContainerClient _container = service.GetBlobContainerClient("aistack");

    public async Task<Outcome<StoredBlob>> PutAsync(Stream content, long maxBytes, CancellationToken cancellationToken)
    {
        // The name is the hash, which is known only at the end: the bytes wait in a file of
        // this machine, not in memory.
        await using var spool = new FileStream(Path.GetTempFileName(), new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        });
        var hashed = await BlobHashing.CopyAsync(content, spool, maxBytes, cancellationToken);
        if (!hashed.TryGet(out var blob, out var fault))
        {
            return fault;
        }

        spool.Position = 0;
        await _container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        try
        {
            var onlyIfNew = new BlobUploadOptions { Conditions = new() { IfNoneMatch = ETag.All } };
            await Client(blob.Id).UploadAsync(spool, onlyIfNew, cancellationToken);
        }
        catch (RequestFailedException exception) when (exception.Status is 409 or 412)
        {
            // The same bytes are there already.
        }

        return blob;
    }

    public async Task<Stream?> OpenAsync(BlobId id, CancellationToken cancellationToken)
    {
        try
        {
            return await Client(id).OpenReadAsync(cancellationToken: cancellationToken);
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
    }

    public Task DeleteAsync(BlobId id, CancellationToken cancellationToken) =>
        Client(id).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    public async IAsyncEnumerable<StoredBlob> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await _container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        await foreach (var item in _container.GetBlobsAsync(cancellationToken: cancellationToken))
        {
            yield return new(new(Convert.FromHexString(item.Name[^64..])), item.Properties.ContentLength ?? 0);
        }
    }

    public Task PingAsync(CancellationToken cancellationToken) => service.GetPropertiesAsync(cancellationToken);

    public long? FreeBytes => null;

    private BlobClient Client(BlobId id)
    {
        var name = id.ToString();
        return _container.GetBlobClient($"{name[..2]}/{name[2..4]}/{name}");
    }
}
