using AiStack.Contracts;
using AiStack.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AiStack.ServiceDefaults.Requests;

/// <summary>
/// Bodies that come as gzip, deflate or br are unpacked; the limits are those of what is in them. Another
/// Content-Encoding is refused by its name.
/// </summary>
internal static class PackedBodies
{
    public static void AddPackedBodies(this IHostApplicationBuilder builder) =>
        builder.Services.AddRequestDecompression();

    public static void UsePackedBodies(this WebApplication app) => app.UseWhen(IsPackedForUs, unpacking =>
    {
        unpacking.Use((context, next) =>
        {
            // The length is that of the packed body, which says nothing of what is in it.
            context.Request.ContentLength = null;
            return next(context);
        });
        unpacking.UseRequestDecompression();
        unpacking.Use((context, next) =>
        {
            if (context.Request.Headers.ContentEncoding.Count > 0)
            {
                return Unknown(context.Request).ToResult().ExecuteAsync(context);
            }

            context.Request.Body = new UnpackedStream(context.Request.Body);
            return next(context);
        });
    });

    private static bool IsPackedForUs(HttpContext context) =>
        context.Request.Headers.ContentEncoding.Count > 0
        && context.GetEndpoint()?.Metadata.GetMetadata<HandedOn>() is null;

    private static Fault Unknown(HttpRequest request) => new(
        FaultCode.UnsupportedMediaType,
        $"Content-Encoding '{request.Headers.ContentEncoding}' is not supported here; gzip, deflate and br are.",
        "Content-Encoding");

    /// <summary>What cannot be unpacked is the caller's mistake, and not ours.</summary>
    private sealed class UnpackedStream(Stream unpacking) : ReadOnceStream
    {
        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return await unpacking.ReadAsync(buffer, cancellationToken);
            }
            catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
            {
                throw new BadHttpRequestException(
                    "The body is not what its Content-Encoding says.", StatusCodes.Status400BadRequest, exception);
            }
        }
    }
}
