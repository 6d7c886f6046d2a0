using System.Text;

namespace AiStack.Ingest.Parsing.Encodings;

/// <summary>The encodings that texts had before UTF-8.</summary>
internal static class CodePages
{
    public const int Windows1252 = 1252;
    public const int Windows1250 = 1250;
    public const int Latin2 = 28_592;
    public const int Mac = 10_000;
    private const int Latin1 = 28_591;
    private const int Ascii = 20_127;

    static CodePages() => Register();

    /// <summary>Makes the encodings known to libraries that look for them by name.</summary>
    public static void Register() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public static Encoding Get(int codePage) => Encoding.GetEncoding(codePage);

    /// <summary>Null for a name that is none, so that a wrong declaration is no declaration.</summary>
    public static Encoding? Find(string? name)
    {
        try
        {
            return string.IsNullOrWhiteSpace(name) || name.Length > 40
                || name.Contains("utf-7", StringComparison.OrdinalIgnoreCase)
                ? null
                : Encoding.GetEncoding(name.Trim().Trim('"', '\''));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>
    /// A declaration that could be read as one byte a letter is not of UTF-16 or UTF-32: it is wrong.
    /// </summary>
    public static bool IsOneByteAtLeast(Encoding encoding) => encoding is not (UnicodeEncoding or UTF32Encoding);

    /// <summary>
    /// Valid UTF-8 with letters beyond ASCII in it is UTF-8 whatever is declared: in other encodings the same bytes
    /// make no words. Only encodings that use escapes look like ASCII.
    /// </summary>
    public static bool AgreesWithUtf8(Encoding declared, string text) =>
        declared is UTF8Encoding || !declared.WebName.StartsWith("iso-2022", StringComparison.Ordinal)
        || !HasJapaneseEscapes(text);

    public static bool HasJapaneseEscapes(string text) =>
        text.Contains("\u001b$B", StringComparison.Ordinal) || text.Contains("\u001b$@", StringComparison.Ordinal);

    /// <summary>
    /// As browsers do: who declares Latin-1 or ASCII and uses what these do not have means Windows's.
    /// </summary>
    public static Encoding Windows(Encoding declared, ReadOnlySpan<byte> bytes) => declared.CodePage switch
    {
        Ascii => Get(Windows1252),
        Latin1 when bytes.ContainsAnyInRange((byte)0x80, (byte)0x9F) => Get(Windows1252),
        _ => declared,
    };
}
