using AiStack.Ingest.Parsing.Notation;
using DocumentFormat.OpenXml;

namespace AiStack.Ingest.Parsing.Word;

/// <summary>Word's equations as a line of text.</summary>
internal static class DocxMath
{
    private const string Namespace = "http://schemas.openxmlformats.org/officeDocument/2006/math";

    public static bool IsMath(OpenXmlElement element) =>
        element.NamespaceUri == Namespace && element.LocalName is "oMath" or "oMathPara";

    public static string Text(OpenXmlElement? element) => element is null ? "" : element.LocalName switch
    {
        "t" or "delText" => element.LocalName == "t" ? element.InnerText : "",
        "del" or "moveFrom" => "",
        "f" => LinearMath.Fraction(Part(element, "num"), Part(element, "den")),
        "sSup" => LinearMath.Power(Part(element, "e"), Part(element, "sup")),
        "sSub" => LinearMath.Index(Part(element, "e"), Part(element, "sub")),
        "sSubSup" => LinearMath.Power(LinearMath.Index(Part(element, "e"), Part(element, "sub")), Part(element, "sup")),
        "rad" => LinearMath.Root(Part(element, "e"), Part(element, "deg")),
        "nary" => LinearMath.Large(
            Value(element, "naryPr", "chr") ?? "∫", Part(element, "sub"), Part(element, "sup"), Part(element, "e")),
        "limLow" => LinearMath.Large(Part(element, "e"), Part(element, "lim"), null, ""),
        "limUpp" => LinearMath.Large(Part(element, "e"), null, Part(element, "lim"), ""),
        "func" => $"{Part(element, "fName").Trim()} {Part(element, "e")}",
        "d" => Value(element, "dPr", "begChr", "(")
            + string.Join(Value(element, "dPr", "sepChr", "|"), Parts(element, "e"))
            + Value(element, "dPr", "endChr", ")"),
        "m" => $"[{string.Join("; ", Parts(element, "mr"))}]",
        "mr" => string.Join(", ", Parts(element, "e")),
        "eqArr" => string.Join("; ", Parts(element, "e")),
        "oMathPara" => string.Join("; ", element.ChildElements.Where(IsMath).Select(Text)),
        _ => string.Concat(element.ChildElements.Select(Text)),
    };

    private static string Part(OpenXmlElement element, string name) =>
        Text(element.ChildElements.FirstOrDefault(child => child.LocalName == name));

    private static IEnumerable<string> Parts(OpenXmlElement element, string name) =>
        element.ChildElements.Where(child => child.LocalName == name).Select(Text);

    private static string? Value(OpenXmlElement element, string properties, string name, string? otherwise = null)
    {
        var property = element.ChildElements.FirstOrDefault(child => child.LocalName == properties)?
            .ChildElements.FirstOrDefault(child => child.LocalName == name);
        return property is null
            ? otherwise
            : property.GetAttributes().FirstOrDefault(attribute => attribute.LocalName == "val").Value ?? otherwise;
    }
}
