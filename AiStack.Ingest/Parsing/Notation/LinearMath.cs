using System.Text.RegularExpressions;

namespace AiStack.Ingest.Parsing.Notation;

/// <summary>
/// Writes formulas on a line, as people type them: <c>(a + b)/12</c>, <c>x^2</c>, <c>√(a)</c>. A search finds their
/// letters and a reader their meaning.
/// </summary>
internal static partial class LinearMath
{
    public static string Fraction(string over, string under) => $"{Group(over)}/{Group(under)}";

    public static string Power(string of, string exponent) => $"{Group(of)}^{Group(exponent)}";

    public static string Index(string of, string index) => $"{of}_{Group(index)}";

    public static string Root(string of, string? degree) =>
        string.IsNullOrWhiteSpace(degree) ? $"√{Always(of)}" : $"√[{degree.Trim()}]{Always(of)}";

    /// <summary>A sum or an integral: the sign, from where to where, of what.</summary>
    public static string Large(string sign, string? from, string? to, string of)
    {
        var low = string.IsNullOrWhiteSpace(from) ? "" : $"_{Group(from)}";
        var high = string.IsNullOrWhiteSpace(to) ? "" : $"^{Group(to)}";
        return $"{sign}{low}{high} {of.Trim()}";
    }

    /// <summary>Puts in brackets what more than one sign makes up.</summary>
    private static string Group(string text) => One().IsMatch(text.Trim()) ? text.Trim() : Always(text);

    private static string Always(string text) => $"({text.Trim()})";

    [GeneratedRegex(@"^([\w.,]{0,100}|.|\([^()]{0,200}\))$", RegexOptions.None, 1_000)]
    private static partial Regex One();
}
