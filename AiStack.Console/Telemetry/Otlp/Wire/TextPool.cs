using System.Text;

namespace AiStack.Console.Telemetry.Otlp.Wire;

/// <summary>
/// Gives the same string for the same text, as long as it remembers it: telemetry says the same few thousand texts
/// for ever. A place for each hash, where the newest text stays: no lock, no growth, and a miss costs one string.
/// </summary>
internal sealed class TextPool
{
    /// <summary>Longer texts are seldom the same.</summary>
    private const int MaxLength = 256;

    private const int Places = 1 << 15;

    private readonly string?[] _texts = new string?[Places];

    /// <summary>The string of UTF-8 bytes; what is not UTF-8 becomes U+FFFD.</summary>
    public string FromUtf8(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxLength)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        // There are never more characters than bytes.
        Span<char> characters = stackalloc char[MaxLength];
        return From(characters[..Encoding.UTF8.GetChars(utf8, characters)]);
    }

    public string From(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return "";
        }

        ref var place = ref _texts[string.GetHashCode(text) & (Places - 1)];
        return place is { } known && text.SequenceEqual(known) ? known : place = new string(text);
    }

    /// <summary>The hexadecimal digits of an id.</summary>
    public string FromId(ReadOnlySpan<byte> id)
    {
        Span<char> digits = stackalloc char[32];
        Convert.TryToHexStringLower(id, digits, out var written);
        return From(digits[..written]);
    }
}
