using AiStack.Contracts;
using AiStack.ServiceDefaults.Blobs;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace AiStack.Ingest.Files;

/// <summary>An upload as it arrives: the file's bytes go straight to the blob store, never whole into memory.</summary>
internal sealed class UploadForm
{
    /// <summary>OpenAI's purposes. What a file is for doesn't change what can be done with it here.</summary>
    private static readonly string[] Purposes =
        ["assistants", "batch", "fine-tune", "vision", "user_data", "evals", "assistants_output", "batch_output", "fine-tune-results"];

    private const int MaxFieldLength = 1_000;
    private const int MaxFields = 20;
    private const int MaxNameLength = 512;

    private UploadForm(string filename, string purpose, string mediaType, StoredBlob blob) =>
        (Filename, Purpose, MediaType, Blob) = (filename, purpose, mediaType, blob);

    public string Filename { get; }

    public string Purpose { get; }

    public string MediaType { get; }

    public StoredBlob Blob { get; }

    public static async Task<Outcome<UploadForm>> ReadAsync(
        HttpRequest request, IBlobStore blobs, long maxSizeBytes, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= 200 } boundary)
        {
            return new Fault(FaultCode.InvalidArgument, "Send the file as multipart/form-data, in a part named 'file'.", "file");
        }

        var reader = new MultipartReader(boundary, request.Body);
        try
        {
            return await ReadAsync(reader, blobs, maxSizeBytes, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException and not BadHttpRequestException or InvalidDataException)
        {
            return new Fault(FaultCode.InvalidArgument, "The form breaks off, or is not multipart/form-data.", "file");
        }
    }

    private static async Task<Outcome<UploadForm>> ReadAsync(
        MultipartReader reader, IBlobStore blobs, long maxSizeBytes, CancellationToken cancellationToken)
    {
        var form = new Parts();
        for (var fields = 0; await reader.ReadNextSectionAsync(cancellationToken) is { } section; fields++)
        {
            if (fields >= MaxFields)
            {
                return new Fault(FaultCode.InvalidArgument, $"The form has more than {MaxFields} parts, which is the limit.");
            }

            if (await form.ReadAsync(section, blobs, maxSizeBytes, cancellationToken) is { } fault)
            {
                return fault;
            }
        }

        return form.ToOutcome();
    }

    private sealed class Parts
    {
        private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);
        private string? _filename;
        private string _mediaType = "application/octet-stream";
        private StoredBlob? _blob;

        public async Task<Fault?> ReadAsync(
            MultipartSection section, IBlobStore blobs, long maxSizeBytes, CancellationToken cancellationToken)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
            {
                return new(FaultCode.InvalidArgument, "A part of the form has no Content-Disposition.");
            }

            var name = HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "";
            if (name != "file")
            {
                using var text = new StreamReader(section.Body);
                var buffer = new char[MaxFieldLength + 1];
                var length = await text.ReadBlockAsync(buffer, cancellationToken);
                _fields[name] = new string(buffer, 0, length);
                return length > MaxFieldLength
                    ? new(FaultCode.InvalidArgument, $"'{name}' is longer than {MaxFieldLength} characters, which is the limit.", name)
                    : null;
            }

            if (_blob is not null)
            {
                return new(FaultCode.InvalidArgument, "Send one file a request.", "file");
            }

            _filename = (disposition.FileNameStar.HasValue ? disposition.FileNameStar : HeaderUtilities.RemoveQuotes(disposition.FileName)).Value;
            _mediaType = section.ContentType ?? _mediaType;
            var stored = await blobs.PutAsync(section.Body, maxSizeBytes, cancellationToken);
            return stored.TryGet(out _blob, out var fault) ? null : fault;
        }

        public Outcome<UploadForm> ToOutcome()
        {
            if (_blob is null)
            {
                return new Fault(FaultCode.InvalidArgument, "The form has no file: send it in a part named 'file'.", "file");
            }

            if (_blob.SizeBytes == 0)
            {
                return new Fault(FaultCode.InvalidArgument, "The file is empty.", "file");
            }

            if (!_fields.TryGetValue("purpose", out var purpose) || !Purposes.Contains(purpose))
            {
                return new Fault(FaultCode.InvalidArgument, $"'purpose' must be one of: {string.Join(", ", Purposes)}.", "purpose");
            }

            // Some clients send a path, of either system; what follows the last separator is the name.
            var filename = _filename?[(_filename.LastIndexOfAny(['/', '\\']) + 1)..].Trim() ?? "";
            if (filename.Length is 0 or > MaxNameLength || filename.Any(char.IsControl))
            {
                return new Fault(
                    FaultCode.InvalidArgument,
                    $"The file's name must have 1 to {MaxNameLength} characters, and no control characters.", "file");
            }

            return new UploadForm(filename, purpose, _mediaType, _blob);
        }
    }
}
