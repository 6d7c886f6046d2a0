using System.Buffers;
using System.Security.Cryptography;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Errors;

namespace AiStack.ServiceDefaults.Blobs;

internal static class BlobHashing
{
    private const int BufferBytes = 128 << 10;

    /// <summary>Copies and hashes in one pass, and stops with a fault past <paramref name="maxBytes"/>.</summary>
    public static async Task<Outcome<StoredBlob>> CopyAsync(
        Stream content, Stream target, long maxBytes, CancellationToken cancellationToken)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var sizeBytes = 0L;
            while (await content.ReadAsync(buffer, cancellationToken) is var read and > 0)
            {
                sizeBytes += read;
                if (sizeBytes > maxBytes)
                {
                    return new Fault(
                        FaultCode.PayloadTooLarge, $"The file is larger than the limit of {maxBytes} bytes.", "file");
                }

                sha256.AppendData(buffer.AsSpan(..read));
                await WriteAsync(target, buffer.AsMemory(..read), cancellationToken);
            }

            return new StoredBlob(new(sha256.GetHashAndReset()), sizeBytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// Reading may break because the caller went away, writing because the store did: only the second is ours.
    /// </summary>
    private static async ValueTask WriteAsync(
        Stream target, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await target.WriteAsync(bytes, cancellationToken);
        }
        catch (IOException exception)
        {
            throw BlobsUnavailableException.From("The blob could not be written.", exception);
        }
    }
}
