using System.Security.Cryptography;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Errors;

namespace AiStack.Ingest.Uploads;

/// <summary>Blobs one after another, as one stream that can be read once.</summary>
internal sealed class JoinedStream(IEnumerable<BlobId> parts, IBlobStore blobs) : ReadOnceStream
{
    private readonly Queue<BlobId> _left = new(parts);
#pragma warning disable CA5351 // OpenAI's clients send MD5, against accidents on the way; nothing is kept secret by it.
    private readonly IncrementalHash _md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
    private Stream? _current;

    /// <summary>The MD5 of all that was read, in hexadecimal.</summary>
    public string Md5() => Convert.ToHexStringLower(_md5.GetCurrentHash());

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var read = _current is null ? 0 : await _current.ReadAsync(buffer, cancellationToken);
            if (read > 0)
            {
                _md5.AppendData(buffer.Span[..read]);
                return read;
            }

            if (!_left.TryDequeue(out var next))
            {
                return 0;
            }

            await CloseAsync();
            _current = await blobs.OpenVerifyingAsync(next, cancellationToken)
                ?? throw new BlobsUnavailableException("A part of the upload is gone.", new FileNotFoundException());
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _md5.Dispose();
        await base.DisposeAsync();
    }

    private ValueTask CloseAsync() => _current?.DisposeAsync() ?? ValueTask.CompletedTask;
}
