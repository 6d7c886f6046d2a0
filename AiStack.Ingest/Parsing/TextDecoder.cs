using System.Text;

namespace AiStack.Ingest.Parsing;

/// <summary>
/// Reads text as UTF-8, or as UTF-16 or UTF-32 where a byte order mark says so. Other encodings are not guessed: a
/// wrong guess would be searched, and cited, as if it were the author's words.
/// </summary>
internal static class TextDecoder
{
    private const int BufferBytes = 64 << 10;

    /// <summary>Reads plain text.</summary>
    public static string Decode(Stream content, ParsingOptions limits) =>
        Decode(content, limits.MaxTextLength, declared: null) ?? throw ParsingLimit.TextTooLong(limits);

    /// <summary>Reads the text of a format that is parsed as a whole.</summary>
    /// <param name="declared">The encoding that the file itself declares, if it does; a byte order mark is believed
    /// first.</param>
    public static string DecodeMarkup(Stream content, ParsingOptions limits, Encoding? declared = null) =>
        Decode(content, limits.MaxMarkupLength, declared) ?? throw ParsingLimit.MarkupTooLong(limits);

    public static bool HasWideByteOrderMark(ReadOnlySpan<byte> head) => Detect(head) is (not UTF8Encoding, _);

    private static string? Decode(Stream content, int maxLength, Encoding? declared)
    {
        Span<byte> mark = stackalloc byte[4];
        mark = mark[..content.ReadAtLeast(mark, mark.Length, throwOnEndOfStream: false)];
        var (encoding, skip) = Detect(mark);
        content.Position = skip;
        return Decode(content, skip == 0 && declared is not null ? declared : encoding, skip, maxLength);
    }

    private static (Encoding Encoding, int MarkLength) Detect(ReadOnlySpan<byte> head) => head switch
    {
        [0xEF, 0xBB, 0xBF, ..] => (new UTF8Encoding(false, throwOnInvalidBytes: true), 3),
        [0xFF, 0xFE, 0x00, 0x00, ..] => (new UTF32Encoding(false, false, throwOnInvalidCharacters: true), 4),
        [0xFF, 0xFE, ..] => (new UnicodeEncoding(false, false, throwOnInvalidBytes: true), 2),
        [0xFE, 0xFF, ..] => (new UnicodeEncoding(true, false, throwOnInvalidBytes: true), 2),
        _ => (new UTF8Encoding(false, throwOnInvalidBytes: true), 0),
    };

    /// <summary>Null when the text is longer than <paramref name="maxLength"/>.</summary>
    private static string? Decode(Stream content, Encoding encoding, long offset, int maxLength)
    {
        var decoder = encoding.GetDecoder();
        var bytes = new byte[BufferBytes];
        var chars = new char[encoding.GetMaxCharCount(BufferBytes)];
        var text = new StringBuilder();
        while (true)
        {
            var read = content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            try
            {
                text.Append(chars, 0, decoder.GetChars(bytes, 0, read, chars, 0, flush: read < bytes.Length));
            }
            catch (DecoderFallbackException exception)
            {
                throw ParsingLimit.Invalid(
                    $"The file is not valid {encoding.WebName.ToUpperInvariant()} text: see the byte at offset "
                    + $"{offset + Math.Max(0, exception.Index)}. Save it as UTF-8 and upload it again.");
            }

            if (text.Length > maxLength)
            {
                return null;
            }

            if (read < bytes.Length)
            {
                return text.ToString();
            }

            offset += read;
        }
    }
}
