using System.Buffers;

namespace AiStack.Console.Telemetry.Otlp;

/// <summary>A body that is longer than it may be.</summary>
internal sealed class BodyTooLongException(string message) : Exception(message);

/// <summary>The bytes of a request in rented memory. They are given back with it.</summary>
internal sealed class RentedBody : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
    private int _length;

    private RentedBody()
    {
    }

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    /// <summary>The same bytes, to be read once more; only while this is not given back.</summary>
    public MemoryStream AsStream() => new(_buffer, 0, _length, writable: false);

    /// <summary>Reads all of a body.</summary>
    /// <exception cref="BodyTooLongException">It is longer than <paramref name="limit"/>.</exception>
    public static async Task<RentedBody> ReadAsync(Stream body, int limit, CancellationToken cancellationToken)
    {
        var rented = new RentedBody();
        try
        {
            while (await body.ReadAsync(rented.Room(), cancellationToken) is > 0 and var read)
            {
                rented._length += read;
                if (rented._length > limit)
                {
                    throw new BodyTooLongException($"The message is longer than {limit} bytes.");
                }
            }

            return rented;
        }
        catch
        {
            rented.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
    }

    private Memory<byte> Room()
    {
        if (_length == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_length * 2);
            _buffer.CopyTo(larger, 0);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsMemory(_length);
    }
}
