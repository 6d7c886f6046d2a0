using System.Text;

namespace AiStack.Ingest.Parsing.Encodings;

/// <summary>
/// Reads text in its encoding: what a byte order mark says, what is declared, UTF-8 where the bytes are that, and else
/// what they most likely are. What could not be read costs a character each, and the report says so.
/// </summary>
internal static class TextDecoder
{
    private const int BufferBytes = 64 << 10;
    private const int MaxBytesPerCharacter = 4;

    /// <summary>The few bytes past which the share of unreadable ones decides.</summary>
    private const int HeadBytes = 64 << 10;

    /// <summary>Reads plain text.</summary>
    /// <param name="declared">The encoding that the file or its sender declares, if one does.</param>
    public static string Decode(
        Stream content, ParsingOptions limits, ReportBuilder report, string? declared = null) =>
        Decode(content, limits.MaxTextLength, report, declared) ?? throw ParsingLimit.TextTooLong(limits);

    /// <summary>Reads the text of a format that is parsed as a whole.</summary>
    public static string DecodeMarkup(
        Stream content, ParsingOptions limits, ReportBuilder report, string? declared = null) =>
        Decode(content, limits.MaxMarkupLength, report, declared) ?? throw ParsingLimit.MarkupTooLong(limits);

    /// <summary>True when bytes with zeros among them are text all the same.</summary>
    public static bool IsText(ReadOnlySpan<byte> head) =>
        !head.Contains((byte)0) || ByteOrderMark.Of(head) is not null || WideText.Detect(head) is not null
        || head.Count((byte)0) < head.Length / 100;

    /// <summary>Null when the text is longer than <paramref name="maxLength"/>.</summary>
    private static string? Decode(Stream content, int maxLength, ReportBuilder report, string? declared)
    {
        var head = new byte[HeadBytes];
        var length = content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        content.Position = 0;
        if (ByteOrderMark.Of(head.AsSpan(..length)) is not { } mark)
        {
            return DecodeUnmarked(content, head.AsSpan(..length), maxLength, report, declared);
        }

        report.Encoding(mark.Encoding.WebName, confidence: 1);
        content.Position = mark.Length;
        if (mark.Encoding is UTF8Encoding && DecodeStrictly(content, mark.Length, maxLength, out var text))
        {
            return text;
        }

        content.Position = mark.Length;
        return DecodeAs(mark.Encoding, ReadAll(content, maxLength), maxLength, report);
    }

    private static string? DecodeUnmarked(
        Stream content, ReadOnlySpan<byte> head, int maxLength, ReportBuilder report, string? declared)
    {
        if (WideText.Detect(head) is { } wide)
        {
            report.Encoding(wide.WebName, confidence: 0.95);
            return DecodeAs(wide, ReadAll(content, maxLength), maxLength, report);
        }

        var named = CodePages.Find(declared) is { } found && CodePages.IsOneByteAtLeast(found) ? found : null;
        if (DecodeStrictly(content, 0, maxLength, out var text)
            && (named is null || text is null || CodePages.AgreesWithUtf8(named, text)))
        {
            if (text is not null && CodePages.HasJapaneseEscapes(text))
            {
                named = CodePages.Find("iso-2022-jp")!;
            }
            else
            {
                NoteWrongDeclaration(named, text, report);
                report.Encoding("utf-8", confidence: 1);
                return text;
            }
        }

        content.Position = 0;
        return ReadAll(content, maxLength) is { } bytes ? DecodeOther(bytes, named, maxLength, report) : null;
    }

    private static string? DecodeOther(byte[] bytes, Encoding? declared, int maxLength, ReportBuilder report)
    {
        var guess = declared is null or UTF8Encoding
            ? EncodingGuess.Of(bytes)
            : new(CodePages.Windows(declared, bytes), Confidence: 1, FirstForeignByte: 0);
        report.Encoding(guess.Name, guess.Confidence);
        if (guess.Confidence < EncodingGuess.MinConfidence)
        {
            report.Warn(
                "encoding_guessed",
                $"The text's encoding is not declared and not certain; it was read as {guess.Name}. "
                + "Look whether accented letters are right, or save it as UTF-8 and upload it again.",
                $"line {LineOf(bytes, guess.FirstForeignByte)}");
        }

        return DecodeAs(guess.Encoding, bytes, maxLength, report);
    }

    private static string? DecodeAs(Encoding encoding, byte[]? bytes, int maxLength, ReportBuilder report)
    {
        if (bytes is null)
        {
            return null;
        }

        var text = encoding.GetString(bytes);
        if (text.Length > maxLength)
        {
            return null;
        }

        var first = text.IndexOf('\uFFFD', StringComparison.Ordinal);
        if (first >= 0)
        {
            report.Warn(
                "unreadable_bytes",
                $"Bytes that are no {encoding.WebName} text stand as \uFFFD. Look at them in the file.",
                $"line {text.AsSpan(..first).Count('\n') + 1}",
                text.AsSpan().Count('\uFFFD'));
        }

        return text;
    }

    private static void NoteWrongDeclaration(Encoding? declared, string? text, ReportBuilder report)
    {
        if (declared is not (null or UTF8Encoding) && text is not null && !System.Text.Ascii.IsValid(text))
        {
            report.Note("encoding_declared_wrong", $"The file declares {declared.WebName}, but it is UTF-8.");
        }
    }

    private static int LineOf(byte[] bytes, int at) => bytes.AsSpan(..Math.Min(at, bytes.Length)).Count((byte)'\n') + 1;

    /// <summary>
    /// False when it is no UTF-8. True, and no text, when it is longer than <paramref name="maxLength"/>: no more than
    /// that is read.
    /// </summary>
    private static bool DecodeStrictly(Stream content, long start, int maxLength, out string? text)
    {
        content.Position = start;
        text = null;
        var decoder = new UTF8Encoding(false, throwOnInvalidBytes: true).GetDecoder();
        var bytes = new byte[BufferBytes];
        var chars = new char[BufferBytes + 1];
        var whole = new StringBuilder();
        for (var read = bytes.Length; read == bytes.Length;)
        {
            read = content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            try
            {
                whole.Append(chars, 0, decoder.GetChars(bytes, 0, read, chars, 0, flush: read < bytes.Length));
            }
            catch (DecoderFallbackException)
            {
                return false;
            }

            if (whole.Length > maxLength)
            {
                return true;
            }
        }

        text = whole.ToString();
        return true;
    }

    private static byte[]? ReadAll(Stream content, int maxLength)
    {
        var rest = content.Length - content.Position;
        if (rest > (long)maxLength * MaxBytesPerCharacter || rest > Array.MaxLength)
        {
            return null;
        }

        var bytes = new byte[rest];
        content.ReadExactly(bytes);
        return bytes;
    }
}

/// <summary>The mark that some programs put before a text.</summary>
internal sealed record ByteOrderMark(Encoding Encoding, int Length)
{
    public static ByteOrderMark? Of(ReadOnlySpan<byte> head) => head switch
    {
        [0xEF, 0xBB, 0xBF, ..] => new(new UTF8Encoding(false), 3),
        [0xFF, 0xFE, 0x00, 0x00, ..] => new(new UTF32Encoding(false, false), 4),
        [0x00, 0x00, 0xFE, 0xFF, ..] => new(new UTF32Encoding(true, false), 4),
        [0xFF, 0xFE, ..] => new(new UnicodeEncoding(false, false), 2),
        [0xFE, 0xFF, ..] => new(new UnicodeEncoding(true, false), 2),
        _ => null,
    };
}
