using System.Text.RegularExpressions;

namespace AiStack.Ingest.Parsing.Pdf;

/// <summary>What stands before an item of a list, and before a numbered heading.</summary>
internal static partial class PdfMarkers
{
    private const string Bullets =
        "\u2022\u00B7\u25AA\u25CF\u25E6\u25A0\u25A1\u2013\u2014-*\u2023\u27A2\u2713\u2714\u00A7o";

    public static bool IsMarker(string text) =>
        text.Length <= 8 && ((text.Length == 1 && Bullets.Contains(text[0])) || Marker().IsMatch(text));

    /// <summary>Whether a line begins an item: a bullet, <c>1.</c>, <c>(a)</c>.</summary>
    public static bool BeginsItem(string text)
    {
        var end = text.IndexOf(' ', StringComparison.Ordinal);
        return end > 0 && text[0] != 'o' && IsMarker(text[..end]);
    }

    /// <summary>How deep a heading's number goes: 1 for <c>2</c>, 2 for <c>2.1</c>; 0 where it has none.</summary>
    public static int Depth(string text) =>
        Number().Match(text) is { Success: true } match ? 1 + match.Value.TrimEnd('.', ' ').Count(c => c == '.') : 0;

    [GeneratedRegex(
        @"^(\(?[0-9]{1,3}[.)]|\(?[a-zA-Z][.)]|\(?[ivxIVX]{1,5}[.)]|\[[0-9A-Za-z]{1,6}\])$", RegexOptions.None, 1_000)]
    private static partial Regex Marker();

    [GeneratedRegex(@"^[0-9]{1,2}(\.[0-9]{1,2}){0,4}\.?\s", RegexOptions.None, 1_000)]
    private static partial Regex Number();
}
