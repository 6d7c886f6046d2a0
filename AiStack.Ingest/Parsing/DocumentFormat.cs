using System.IO.Compression;
using System.Text;

namespace AiStack.Ingest.Parsing;

/// <summary>The formats that have a parser.</summary>
internal enum DocumentFormat
{
    PlainText,
    Markdown,
    Html,
    Pdf,
    Docx,
    Csv,
    Json,
    JsonLines,
}

/// <summary>
/// Tells what a file is by its content; its name only tells kinds of text apart. A file whose name promises what its
/// content is not fails, rather than being searched for its bytes.
/// </summary>
internal static class DocumentFormats
{
    private const int HeadBytes = 8_192;

    private const string Supported = "Supported are plain text, Markdown, HTML, PDF, DOCX, CSV, JSON and JSONL.";

    private static readonly (byte[] Magic, string Name)[] _refused =
    [
        ([0x89, 0x50, 0x4E, 0x47], "a PNG image"),
        ([0xFF, 0xD8, 0xFF], "a JPEG image"),
        ("GIF8"u8.ToArray(), "a GIF image"),
        ([0xD0, 0xCF, 0x11, 0xE0], "an Office document in the old format, or one protected by a password"),
        ([0x1F, 0x8B], "a gzip archive"),
        ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "a 7-Zip archive"),
        ("Rar!\u001a\u0007"u8.ToArray(), "a RAR archive"),
        ([0x7F, 0x45, 0x4C, 0x46], "a program"),
        ("{\\rtf"u8.ToArray(), "an RTF document"),
    ];

    public static DocumentFormat Detect(Stream content, string filename)
    {
        var head = ReadHead(content);
        var extension = Path.GetExtension(filename).ToLowerInvariant();
        if (head.IndexOf("%PDF-"u8) is >= 0 and < 1_024)
        {
            return DocumentFormat.Pdf;
        }

        if (head.StartsWith("PK\x03\x04"u8))
        {
            return DetectArchive(content);
        }

        foreach (var (magic, name) in _refused)
        {
            if (head.StartsWith(magic))
            {
                throw Unsupported($"The file is {name}.");
            }
        }

        if (head.Contains((byte)0) && !TextDecoder.HasWideByteOrderMark(head))
        {
            throw Unsupported("The file is binary, of no format that is known here.");
        }

        return DetectText(extension) is var format && format == DocumentFormat.PlainText && BeginsAsHtml(head)
            ? DocumentFormat.Html
            : format;
    }

    /// <summary>A saved page without the right name would be a text of tags.</summary>
    private static bool BeginsAsHtml(ReadOnlySpan<byte> head)
    {
        var start = Encoding.UTF8.GetString(head[..Math.Min(head.Length, 200)]).TrimStart(
            '\uFEFF', ' ', '\t', '\r', '\n');
        return start.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase)
            || start.StartsWith("<html", StringComparison.OrdinalIgnoreCase);
    }

    private static DocumentFormat DetectText(string extension) => extension switch
    {
        ".md" or ".markdown" => DocumentFormat.Markdown,
        ".html" or ".htm" or ".xhtml" => DocumentFormat.Html,
        ".csv" or ".tsv" => DocumentFormat.Csv,
        ".json" => DocumentFormat.Json,
        ".jsonl" or ".ndjson" => DocumentFormat.JsonLines,
        ".pdf" or ".docx" => throw new UnreadableDocumentException(
            UnreadableDocumentException.Invalid,
            $"The file is named '{extension}', but its content is not of that format: "
            + "it is damaged, or named wrongly."),
        ".doc" or ".xls" or ".xlsx" or ".ppt" or ".pptx" or ".odt" or ".epub" or ".png" or ".jpg" or ".jpeg" or ".zip"
            or ".exe" or ".dll" => throw Unsupported($"There is no parser for '{extension}' files."),
        _ => DocumentFormat.PlainText, // Whatever its name: a log, a source file, a configuration.
    };

    private static DocumentFormat DetectArchive(Stream content)
    {
        try
        {
            using var archive = new ZipArchive(content, ZipArchiveMode.Read, leaveOpen: true);
            if (archive.GetEntry("word/document.xml") is not null)
            {
                return DocumentFormat.Docx;
            }
        }
        catch (InvalidDataException)
        {
            throw new UnreadableDocumentException(
                UnreadableDocumentException.Invalid, "The file begins as a DOCX or ZIP does, but it is damaged.");
        }
        finally
        {
            content.Position = 0;
        }

        throw Unsupported("The file is a ZIP archive, or an Office document other than DOCX.");
    }

    private static ReadOnlySpan<byte> ReadHead(Stream content)
    {
        var head = new byte[HeadBytes];
        var length = content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        content.Position = 0;
        return head.AsSpan(..length);
    }

    private static UnreadableDocumentException Unsupported(string what) =>
        new(UnreadableDocumentException.Unsupported, $"{what} {Supported}");
}
