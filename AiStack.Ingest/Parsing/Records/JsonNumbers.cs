using System.Text;

namespace AiStack.Ingest.Parsing.Records;

/// <summary>Makes texts of the numbers that JSON does not have: NaN, Infinity, -Infinity.</summary>
internal static class JsonNumbers
{
    private static readonly string[] _others = ["-Infinity", "Infinity", "NaN"];

    public static bool MayHoldOther(string json) =>
        json.Contains("NaN", StringComparison.Ordinal) || json.Contains("Infinity", StringComparison.Ordinal);

    public static string Quote(string json)
    {
        var text = new StringBuilder(json.Length + 64);
        var isQuoted = false;
        for (var i = 0; i < json.Length; i++)
        {
            if (isQuoted)
            {
                text.Append(json[i]);
                if (json[i] == '\\' && i + 1 < json.Length)
                {
                    text.Append(json[++i]);
                }
                else
                {
                    isQuoted = json[i] != '"';
                }
            }
            else if (Other(json, i) is { } other)
            {
                text.Append('"').Append(other).Append('"');
                i += other.Length - 1;
            }
            else
            {
                isQuoted = json[i] == '"';
                text.Append(json[i]);
            }
        }

        return text.ToString();
    }

    private static string? Other(string json, int at) => json[at] is '-' or 'I' or 'N'
        ? _others.FirstOrDefault(other => string.CompareOrdinal(json, at, other, 0, other.Length) == 0)
        : null;
}
