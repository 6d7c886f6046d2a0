using System.Text;

namespace AiStack.TextAnalysis.Recognisers;

/// <summary>What stands in a text in place of what was found in it: its kind, as <c>[EMAIL]</c>.</summary>
public static class Placeholders
{
    public static string For(string kind) => $"[{kind.ToUpperInvariant()}]";

    /// <summary>The text with a placeholder for each finding; they must be apart, and in their order.</summary>
    public static string Mask(string text, IEnumerable<Finding> findings) =>
        Replace(text, findings, finding => For(finding.Kind));

    /// <summary>As <see cref="Mask"/>, in a text of the same length: what points into it still points there.</summary>
    public static string MaskInPlace(string text, IEnumerable<Finding> findings) =>
        Replace(text, findings, finding => For(finding.Kind, finding.Length));

    /// <summary>A placeholder that is so long; stars where it has no room.</summary>
    public static string For(string kind, int length) => For(kind) is var shown && shown.Length <= length
        ? shown.PadRight(length)
        : new string('*', length);

    /// <summary>The text with what is shown for each finding; they must be apart, and in their order.</summary>
    public static string Replace(string text, IEnumerable<Finding> findings, Func<Finding, string> shown)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(findings);
        ArgumentNullException.ThrowIfNull(shown);
        var masked = new StringBuilder(text.Length);
        var from = 0;
        foreach (var finding in findings)
        {
            masked.Append(text, from, finding.Start - from).Append(shown(finding));
            from = finding.End;
        }

        return masked.Append(text, from, text.Length - from).ToString();
    }
}
