using System.Security.Cryptography;
using System.Text;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace AiStack.Gateway.Idempotency;

/// <summary>
/// By what a request is known again: where it goes, what it may do, for whom, and its body. The body is read whole, and
/// can be read again after it; a long one waits in a file of the machine's temporary folder.
/// </summary>
internal static class RequestPrint
{
    private const int MaxBytesInMemory = 256 << 10;
    private const int BufferBytes = 32 << 10;

    public static async Task<Outcome<byte[]>> ReadAsync(
        HttpContext context, Caller caller, long maxBytes, CancellationToken cancellationToken)
    {
        var request = context.Request;
        var body = new FileBufferingReadStream(request.Body, MaxBytesInMemory);
        context.Response.RegisterForDisposeAsync(body);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var contentType = MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? type : null;
        var scopes = string.Join(' ', caller.Scopes.Order(StringComparer.Ordinal));
        Add(hash, $"{request.Path}{request.QueryString}\n{contentType?.MediaType}\n{scopes}");
        Add(hash, request.Headers.ContentEncoding.ToString());
        if (caller.KeptPrincipals() is { } principals)
        {
            Add(hash, string.Join(Principals.Separator, principals));
        }

        using var bytes = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (!await ReadWholeAsync(body, bytes, maxBytes, cancellationToken))
        {
            return new Fault(
                FaultCode.PayloadTooLarge,
                $"A request with an Idempotency-Key has a body of at most {maxBytes} bytes. Send it without, or as an "
                + "upload in parts.",
                "Idempotency-Key");
        }

        body.Position = 0;
        var form = contentType?.MediaType.StartsWith("multipart/", StringComparison.Ordinal) == true
            ? await FormAsync(body, contentType, cancellationToken)
            : null;
        hash.AppendData(form ?? bytes.GetHashAndReset());
        body.Position = 0;
        request.Body = body;
        return hash.GetHashAndReset();
    }

    private static async Task<bool> ReadWholeAsync(
        FileBufferingReadStream body, IncrementalHash hash, long maxBytes, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferBytes];
        var length = 0L;
        while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            length += read;
            if (length > maxBytes)
            {
                return false;
            }

            hash.AppendData(buffer.AsSpan(..read));
        }

        return true;
    }

    /// <summary>
    /// The hash of a form's parts. Clients make up a new boundary for each attempt, so the boundary is no part of it.
    /// Null when it is no good form: its service says why.
    /// </summary>
    private static async Task<byte[]?> FormAsync(
        Stream body, MediaTypeHeaderValue type, CancellationToken cancellationToken)
    {
        if (HeaderUtilities.RemoveQuotes(type.Boundary) is not { Length: > 0 and <= 200 } boundary)
        {
            return null;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferBytes];
        try
        {
            var reader = new MultipartReader(boundary.ToString(), body);
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } part)
            {
                var headers = (part.Headers ?? []).Select(header => $"{header.Key}:{header.Value}");
                Add(hash, string.Join('\n', headers.Order(StringComparer.Ordinal)));
                using var content = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                while (await part.Body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
                {
                    content.AppendData(buffer.AsSpan(..read));
                }

                hash.AppendData(content.GetHashAndReset());
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            return null;
        }

        return hash.GetHashAndReset();
    }

    // With its length, so that no two lists of texts are the same bytes.
    private static void Add(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        hash.AppendData(BitConverter.GetBytes(bytes.Length));
        hash.AppendData(bytes);
    }
}
