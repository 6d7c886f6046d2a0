using System.Text;
using AiStack.Ingest.Parsing.Notation;
using AngleSharp.Dom;

namespace AiStack.Ingest.Parsing.Web;

/// <summary>MathML as a line of text.</summary>
internal static class MathMl
{
    private static readonly HashSet<string> _spaced = ["=", "+", "-", "−", "±", "<", ">", "≤", "≥", "≠", "≈", "·", "×"];

    public static string Text(IElement math) =>
        string.Join(' ', Of(math).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Of(INode node)
    {
        if (node is IText text)
        {
            return text.Data.Trim();
        }

        if (node is not IElement element)
        {
            return "";
        }

        var parts = element.Children;
        return (element.LocalName, parts.Length) switch
        {
            ("annotation" or "annotation-xml", _) => "",
            ("mo", _) => Operator(element.TextContent.Trim()),
            ("mfrac", 2) => LinearMath.Fraction(Of(parts[0]), Of(parts[1])),
            ("msup", 2) => LinearMath.Power(Of(parts[0]), Of(parts[1])),
            ("msub", 2) => LinearMath.Index(Of(parts[0]), Of(parts[1])),
            ("msubsup", 3) =>
                LinearMath.Power(LinearMath.Index(Of(parts[0]), Of(parts[1])), Of(parts[2])),
            ("munderover", 3) => LinearMath.Large(Of(parts[0]), Of(parts[1]), Of(parts[2]), ""),
            ("munder", 2) => LinearMath.Large(Of(parts[0]), Of(parts[1]), null, ""),
            ("mroot", 2) => LinearMath.Root(Of(parts[0]), Of(parts[1])),
            ("msqrt", _) => LinearMath.Root(All(element), null),
            ("mtr" or "mlabeledtr", _) => string.Join(", ", parts.Select(Of)) + "; ",
            ("mfenced", _) => $"({string.Join(", ", parts.Select(Of))})",
            ("mtext" or "mspace", _) => $" {element.TextContent} ",
            _ => All(element),
        };
    }

    private static string All(IElement element) =>
        element.ChildNodes.Aggregate(new StringBuilder(), (text, child) => text.Append(Of(child))).ToString();

    /// <summary>Signs that are not seen, such as the one between f and (x), are not written.</summary>
    private static string Operator(string sign) => sign switch
    {
        "\u2061" or "\u2062" or "\u2063" or "\u2064" => "",
        _ => _spaced.Contains(sign) ? $" {sign} " : sign,
    };
}
