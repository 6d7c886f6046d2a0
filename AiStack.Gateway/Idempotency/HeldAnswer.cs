using Microsoft.AspNetCore.Http.Features;

namespace AiStack.Gateway.Idempotency;

/// <summary>
/// The body of an answer that is to be kept. A whole answer is held back until it is kept, so whoever has seen it will
/// see the same again; a stream, and an answer that is too long to be kept, are passed on as they come. A caller that
/// has gone does not end it.
/// </summary>
internal sealed class HeldAnswer(HttpContext context, int maxBytes, CancellationToken gone) : Stream
{
    private readonly IHttpResponseBodyFeature _caller = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
    private readonly MemoryStream _held = new();
    private bool _isPassedOn;
    private bool _isTooLong;

    /// <summary>What there is; null when it is too long.</summary>
    public byte[]? Bytes => _isTooLong ? null : _held.ToArray();

    public override bool CanRead => false;

    // So that an answer that broke off can be cleared, and another be given in its place.
    public override bool CanSeek => !_isPassedOn;

    public override bool CanWrite => true;

    public override long Length => _held.Length;

    public override long Position
    {
        get => _held.Position;
        set => throw new NotSupportedException();
    }

    /// <summary>Gives the response back, and the caller what was held back, unless it is not whole.</summary>
    public async Task EndAsync(bool isWhole)
    {
        context.Features.Set(_caller);
        if (isWhole && !_isPassedOn && !gone.IsCancellationRequested)
        {
            context.Response.ContentLength ??= _held.Length > 0 ? _held.Length : null;
            await SendAsync(_held.GetBuffer().AsMemory(0, (int)_held.Length));
        }
    }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_isTooLong && _held.Length + buffer.Length > maxBytes)
        {
            _isTooLong = true;
            await PassOnAsync();
            _held.SetLength(0);
        }

        if (!_isPassedOn && IsStream)
        {
            await PassOnAsync();
        }

        if (!_isTooLong)
        {
            _held.Write(buffer.Span);
        }

        if (_isPassedOn)
        {
            await SendAsync(buffer);
        }
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (!_isPassedOn && IsStream)
        {
            await PassOnAsync();
        }

        if (_isPassedOn)
        {
            await TryAsync(() => _caller.Stream.FlushAsync(gone));
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override void SetLength(long value) => _held.SetLength(value);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("Answers are written asynchronously.");

    private bool IsStream =>
        context.Response.ContentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) == true;

    private async Task PassOnAsync()
    {
        if (!_isPassedOn)
        {
            _isPassedOn = true;
            await SendAsync(_held.GetBuffer().AsMemory(0, (int)_held.Length));
        }
    }

    private Task SendAsync(ReadOnlyMemory<byte> bytes) =>
        TryAsync(() => _caller.Stream.WriteAsync(bytes, gone).AsTask());

    private async Task TryAsync(Func<Task> send)
    {
        try
        {
            if (!gone.IsCancellationRequested)
            {
                await send();
            }
        }
        catch (Exception exception) when (
            gone.IsCancellationRequested && exception is IOException or OperationCanceledException)
        {
            // Nobody reads it now; it is kept for who comes back.
        }
    }
}
