using System.Text;
using AiStack.Ingest.Parsing.Encodings;

namespace AiStack.Ingest.Parsing.Office;

/// <summary>The code pages of Windows's character sets, as fonts name them.</summary>
internal static class RtfCharset
{
    public static int? CodePage(int charset) => charset switch
    {
        0 => CodePages.Windows1252,
        77 => 10_000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => CodePages.Windows1250,
        _ => null,
    };

    /// <summary>Null for a code page that there is not.</summary>
    public static Encoding? Find(int? codePage)
    {
        try
        {
            return codePage is { } page ? CodePages.Get(page) : null;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}

/// <summary>Signs of Symbol and Wingdings, which Word writes at places of Unicode that belong to nobody.</summary>
internal static class RtfSign
{
    public static string Text(char letter) => letter switch
    {
        '\uF0B7' or '\uF0A7' or '\uF0D8' or '\uF076' or '\uF06C' or '\uF06E' => "•",
        '\uF0FC' => "✓",
        '\uF0FB' => "✗",
        '\uF0E0' => "→",
        _ => letter.ToString(),
    };
}
