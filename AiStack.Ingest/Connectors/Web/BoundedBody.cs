using AiStack.ServiceDefaults;

namespace AiStack.Ingest.Connectors.Web;

/// <summary>A body of an answer: not longer than so many bytes, and never silent for long.</summary>
/// <param name="owner">What ends with it.</param>
/// <param name="count">Told how many bytes were read.</param>
internal sealed class BoundedBody(Stream inner, IDisposable? owner, long maxBytes, Action<int>? count = null)
    : ReadOnceStream
{
    private long _read;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(SourceHttp.Patience);
        int read;
        try
        {
            read = await inner.ReadAsync(buffer, silence.Token);
        }
        catch (Exception exception) when (SourceHttp.ExplainAny(exception, cancellationToken) is { } reason)
        {
            throw new SourceItemException($"It could not be read to its end: {reason}.", exception);
        }

        _read += read;
        count?.Invoke(read);
        return _read <= maxBytes ? read : throw new SourceItemException($"It has more than {maxBytes:N0} bytes.");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            owner?.Dispose();
        }

        base.Dispose(disposing);
    }
}
