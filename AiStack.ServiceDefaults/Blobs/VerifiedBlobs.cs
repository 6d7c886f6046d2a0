using System.Security.Cryptography;
using AiStack.ServiceDefaults.Errors;

namespace AiStack.ServiceDefaults.Blobs;

/// <summary>Blobs whose bytes are compared with their name, which is their hash.</summary>
public static class VerifiedBlobs
{
    /// <summary>
    /// Opens a blob that is compared while it is read from its start to its end: of one that is damaged the last bytes
    /// are not given, and <see cref="BlobDamagedException"/> is thrown. What jumps to a place is not compared.
    /// </summary>
    public static async Task<Stream?> OpenVerifyingAsync(
        this IBlobStore blobs, BlobId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(blobs);
        return await blobs.OpenAsync(id, cancellationToken) is { } content ? new VerifiedStream(content, id) : null;
    }

    /// <summary>
    /// Opens a blob that was compared already, for readers that jump about in it.
    /// </summary>
    /// <exception cref="BlobDamagedException">The bytes are not those that were stored.</exception>
    public static async Task<Stream?> OpenVerifiedAsync(
        this IBlobStore blobs, BlobId id, CancellationToken cancellationToken)
    {
        var content = await blobs.OpenVerifyingAsync(id, cancellationToken);
        if (content is null)
        {
            return null;
        }

        try
        {
            await content.CopyToAsync(Stream.Null, cancellationToken);
            content.Position = 0;
            return content;
        }
        catch
        {
            await content.DisposeAsync();
            throw;
        }
    }

    private sealed class VerifiedStream(Stream content, BlobId id) : Stream
    {
        private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long _hashed;
        private bool _isVerified;

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => content.Length;

        public override long Position
        {
            get => content.Position;
            set => content.Position = value;
        }

        public override int Read(Span<byte> buffer)
        {
            var position = content.Position;
            var read = content.Read(buffer);
            Verify(position, buffer[..read]);
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var position = content.Position;
            var read = await content.ReadAsync(buffer, cancellationToken);
            Verify(position, buffer.Span[..read]);
            return read;
        }

        public override Task<int> ReadAsync(
            byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override long Seek(long offset, SeekOrigin origin) => content.Seek(offset, origin);

        public override void Flush()
        {
            // Nothing is written.
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override async ValueTask DisposeAsync()
        {
            await content.DisposeAsync();
            await base.DisposeAsync();
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                content.Dispose();
                _sha256.Dispose();
            }

            base.Dispose(disposing);
        }

        private void Verify(long position, ReadOnlySpan<byte> bytes)
        {
            if (_isVerified || position != _hashed)
            {
                return;
            }

            _sha256.AppendData(bytes);
            _hashed += bytes.Length;
            if (_hashed < content.Length)
            {
                return;
            }

            _isVerified = _sha256.GetCurrentHash().AsSpan().SequenceEqual(id.ToArray());
            if (!_isVerified)
            {
                throw new BlobDamagedException();
            }
        }
    }
}
