using System.Security.Cryptography;
using AiStack.Contracts;

namespace AiStack.ServiceDefaults.Blobs;

/// <summary>The name of a blob: the SHA-256 of its bytes.</summary>
public readonly record struct BlobId
{
    private readonly byte[] _sha256;

    public BlobId(byte[] sha256)
    {
        ArgumentNullException.ThrowIfNull(sha256);
        ArgumentOutOfRangeException.ThrowIfNotEqual(sha256.Length, SHA256.HashSizeInBytes);
        _sha256 = sha256;
    }

    public byte[] ToArray() => [.. _sha256];

    public bool Equals(BlobId other) => _sha256.AsSpan().SequenceEqual(other._sha256);

    public override int GetHashCode() => BitConverter.ToInt32(_sha256);

    public override string ToString() => Convert.ToHexStringLower(_sha256);
}

/// <summary>A stored blob and its size.</summary>
public sealed record StoredBlob(BlobId Id, long SizeBytes);

/// <summary>
/// Bytes under their SHA-256: written once, never changed, the same bytes never stored twice. A blob is readable as a
/// whole or not at all. When the store cannot be reached the methods throw what <see cref="Errors.DependencyFailure"/>
/// knows.
/// </summary>
public interface IBlobStore
{
    /// <summary>
    /// Streams <paramref name="content"/> to the store; past <paramref name="maxBytes"/> it gives up and keeps nothing.
    /// </summary>
    Task<Outcome<StoredBlob>> PutAsync(Stream content, long maxBytes, CancellationToken cancellationToken);

    /// <summary>
    /// Opens a seekable stream of the blob; null when there is none. Its bytes are as they are found:
    /// <see cref="VerifiedBlobs"/> compares them with the name.
    /// </summary>
    Task<Stream?> OpenAsync(BlobId id, CancellationToken cancellationToken);

    /// <summary>Deletes the blob; there being none is fine.</summary>
    Task DeleteAsync(BlobId id, CancellationToken cancellationToken);

    /// <summary>All blobs, in no order.</summary>
    IAsyncEnumerable<StoredBlob> ListAsync(CancellationToken cancellationToken);

    /// <summary>Returns when the store answers, throws when it does not.</summary>
    Task PingAsync(CancellationToken cancellationToken);

    /// <summary>What it still takes; null when that is not known.</summary>
    long? FreeBytes { get; }
}
