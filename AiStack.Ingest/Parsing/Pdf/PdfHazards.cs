namespace AiStack.Ingest.Parsing.Pdf;

/// <summary>
/// Finds what ends the process in PdfPig 0.1.16 before it is read: a table of objects whose lines are said to be longer
/// than the stack, onto which it puts one.
/// </summary>
internal static class PdfHazards
{
    /// <summary>Widths of such a table have one digit; those of fonts, of the same name, up to five.</summary>
    private const int MaxDigits = 6;

    private const int Window = 1 << 20;
    private const int Overlap = 512;

    public static bool Has(Stream content)
    {
        var buffer = new byte[Window + Overlap];
        var kept = 0;
        content.Position = 0;
        while (true)
        {
            var read = content.ReadAtLeast(buffer.AsSpan(kept), Window - kept, throwOnEndOfStream: false);
            if (read == 0)
            {
                break;
            }

            var window = buffer.AsSpan(0, kept + read);
            if (HasWideField(window))
            {
                return true;
            }

            kept = Math.Min(Overlap, window.Length);
            window[^kept..].CopyTo(buffer);
        }

        content.Position = 0;
        return false;
    }

    private static bool HasWideField(ReadOnlySpan<byte> bytes)
    {
        for (var at = bytes.IndexOf("/W"u8); at >= 0; at = bytes.IndexOf("/W"u8))
        {
            bytes = bytes[(at + 2)..];
            var array = bytes.TrimStart(" \t\r\n\f\0"u8);
            if (array.Length > 0 && array[0] == '[' && HasLongNumber(array[1..Math.Min(array.Length, Overlap / 2)]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasLongNumber(ReadOnlySpan<byte> array)
    {
        var digits = 0;
        foreach (var c in array)
        {
            if (c == ']')
            {
                return false;
            }

            digits = c is >= (byte)'0' and <= (byte)'9' ? digits + 1 : 0;
            if (digits > MaxDigits)
            {
                return true;
            }
        }

        return false;
    }
}
