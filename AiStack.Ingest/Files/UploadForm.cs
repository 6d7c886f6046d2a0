using AiStack.Contracts;
using AiStack.ServiceDefaults.Blobs;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace AiStack.Ingest.Files;

/// <summary>
/// A form with content, as it arrives: its bytes go straight to the blob store, never whole into memory.
/// </summary>
internal sealed class UploadForm
{
    private const int MaxFieldLength = 1_000;
    private const int MaxParts = 20;
    private const int MaxBoundaryLength = 200;

    /// <summary>What a form holds beside its content, at most: its fields and the lines between its parts.</summary>
    private const long OverheadBytes = 1 << 20;

    private readonly string _contentName;
    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);
    private string? _filename;
    private string _mediaType = "application/octet-stream";
    private StoredBlob? _blob;

    private UploadForm(string contentName) => _contentName = contentName;

    /// <summary>The content, which is not empty.</summary>
    public StoredBlob Blob => _blob ?? throw new InvalidOperationException("A form that was read has content.");

    /// <summary>
    /// Reads a form to its end, storing the content of the part that is named <paramref name="contentName"/>; what was
    /// stored of a form that is refused is handed to <paramref name="discard"/>.
    /// </summary>
    public static async Task<Outcome<UploadForm>> ReadAsync(
        HttpRequest request,
        string contentName,
        IBlobStore blobs,
        long maxBytes,
        Func<StoredBlob, Task> discard,
        CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value
                is not { Length: > 0 and <= MaxBoundaryLength } boundary)
        {
            return new Fault(
                FaultCode.InvalidArgument,
                $"Send the content as multipart/form-data, in a part named '{contentName}'.",
                contentName);
        }

        if (request.ContentLength > maxBytes + OverheadBytes)
        {
            return new Fault(
                FaultCode.PayloadTooLarge,
                $"The {contentName} is larger than the limit of {maxBytes} bytes.",
                contentName);
        }

        var form = new UploadForm(contentName);
        var fault = await form.TryReadAsync(new(boundary, request.Body), blobs, maxBytes, cancellationToken);
        if (fault is null)
        {
            return form;
        }

        if (form._blob is { } blob)
        {
            await discard(blob);
        }

        return fault;
    }

    /// <summary>The file that the form describes, if it does.</summary>
    public Outcome<NewFile> ToFile()
    {
        if (_fields.Keys.Any(field => field.StartsWith("expires_after", StringComparison.Ordinal)))
        {
            return FileRules.ExpiryUnsupported();
        }

        if (FileRules.CheckPurpose(_fields.GetValueOrDefault("purpose")) is { } fault)
        {
            return fault;
        }

        return FileRules.Name(_filename) is { } filename
            ? new NewFile(filename, _fields["purpose"], _mediaType, Blob)
            : FileRules.BadName(_contentName);
    }

    private async Task<Fault?> TryReadAsync(
        MultipartReader reader, IBlobStore blobs, long maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(reader, blobs, maxBytes, cancellationToken);
        }
        catch (Exception exception) when (
            exception is IOException and not BadHttpRequestException or InvalidDataException)
        {
            return new(FaultCode.InvalidArgument, "The form breaks off, or is not multipart/form-data.", _contentName);
        }
    }

    private async Task<Fault?> ReadAsync(
        MultipartReader reader, IBlobStore blobs, long maxBytes, CancellationToken cancellationToken)
    {
        for (var parts = 0; await reader.ReadNextSectionAsync(cancellationToken) is { } section; parts++)
        {
            if (parts >= MaxParts)
            {
                return new(FaultCode.InvalidArgument, $"The form has more than {MaxParts} parts, which is the limit.");
            }

            if (await ReadAsync(section, blobs, maxBytes, cancellationToken) is { } fault)
            {
                return fault;
            }
        }

        return _blob switch
        {
            null => new(
                FaultCode.InvalidArgument, $"The form lacks its content: a part named '{_contentName}'.", _contentName),
            { SizeBytes: 0 } => new(FaultCode.InvalidArgument, $"The '{_contentName}' is empty.", _contentName),
            _ => null,
        };
    }

    private async Task<Fault?> ReadAsync(
        MultipartSection section, IBlobStore blobs, long maxBytes, CancellationToken cancellationToken)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
        {
            return new(FaultCode.InvalidArgument, "A part of the form has no Content-Disposition.");
        }

        var name = HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "";
        if (name != _contentName)
        {
            return await ReadFieldAsync(name, section, cancellationToken);
        }

        if (_blob is not null)
        {
            return new(FaultCode.InvalidArgument, $"Send one '{_contentName}' a request.", _contentName);
        }

        _filename = disposition.FileNameStar.HasValue
            ? disposition.FileNameStar.Value
            : HeaderUtilities.RemoveQuotes(disposition.FileName).Value;
        _mediaType = section.ContentType ?? _mediaType;
        var stored = await blobs.PutAsync(section.Body, maxBytes, cancellationToken);
        return stored.TryGet(out _blob, out var fault) ? null : fault with { Parameter = _contentName };
    }

    private async Task<Fault?> ReadFieldAsync(
        string name, MultipartSection section, CancellationToken cancellationToken)
    {
        using var text = new StreamReader(section.Body);
        var buffer = new char[MaxFieldLength + 1];
        var length = await text.ReadBlockAsync(buffer, cancellationToken);
        _fields[name] = new string(buffer, 0, length);
        return length > MaxFieldLength
            ? new(
                FaultCode.InvalidArgument,
                $"'{name}' is longer than {MaxFieldLength} characters, which is the limit.",
                name)
            : null;
    }
}
