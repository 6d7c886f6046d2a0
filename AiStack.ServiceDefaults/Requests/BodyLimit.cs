using AiStack.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace AiStack.ServiceDefaults.Requests;

/// <summary>
/// How long a body may be, where the endpoint does not set a limit of its own (then it has
/// <c>DisableRequestSizeLimit</c>). It is not Kestrel's limit: beyond that, Kestrel cuts the connection while the
/// caller still writes. A caller then sees a broken connection instead of the refusal, and the Gateway a service that
/// is down. Here the refusal is sent, and Kestrel takes the rest of the body in for a while (5 s) and forgets it.
/// </summary>
internal static class BodyLimit
{
    public static void UseBodyLimit(this WebApplication app) => app.Use(async (context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>() is { MaxRequestBodySize: null })
        {
            await next(context);
        }
        else if (context.Request.ContentLength > LongBody.MaxBytes)
        {
            await LongBody.Fault.ToResult().ExecuteAsync(context);
        }
        else
        {
            if (context.Request.ContentLength is null)
            {
                context.Request.Body = new LimitedStream(context.Request.Body);
            }

            await next(context);
        }
    });

    /// <summary>A body that did not say how long it would be. Read past the limit, it is a bad request.</summary>
    private sealed class LimitedStream(Stream body) : ReadOnceStream
    {
        private long _read;

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await body.ReadAsync(buffer, cancellationToken);
            _read += read;
            return _read <= LongBody.MaxBytes
                ? read
                : throw new BadHttpRequestException(LongBody.Fault.Message, StatusCodes.Status413PayloadTooLarge);
        }
    }
}
