using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Tokens;

namespace AiStack.Ingest.Parsing.Pdf;

/// <summary>The values of Adobe's XML forms (XFA), which hold them in a data set of their own.</summary>
internal static partial class PdfXfa
{
    private const int MaxDepth = 64;
    private const int MaxFields = 10_000;
    private const int MaxCharacters = 8 << 20;

    /// <summary>The filled-in values that are not among those already <paramref name="known"/>.</summary>
    public static List<PdfField> Fields(PdfDocument pdf, HashSet<string> known)
    {
        var fields = new List<PdfField>();
        if (pdf.Structure.Catalog.CatalogDictionary.TryGet(NameToken.AcroForm, out var token)
            && Direct(pdf, token) is DictionaryToken form
            && form.TryGet(NameToken.Create("XFA"), out var xfa) && Data(pdf, xfa) is { } data)
        {
            Read(data, fields, known);
        }

        return fields;
    }

    /// <summary>The data's packet, or the one stream that holds all packets.</summary>
    private static byte[]? Data(PdfDocument pdf, IToken xfa)
    {
        switch (Direct(pdf, xfa))
        {
            case StreamToken stream:
                return stream.Decode(DefaultFilterProvider.Instance).ToArray();
            case ArrayToken packets:
                for (var i = 0; i + 1 < packets.Length; i += 2)
                {
                    if (Direct(pdf, packets[i]) is IDataToken<string> { Data: "datasets" }
                        && Direct(pdf, packets[i + 1]) is StreamToken packet)
                    {
                        return packet.Decode(DefaultFilterProvider.Instance).ToArray();
                    }
                }

                return null;
            default:
                return null;
        }
    }

    private static IToken Direct(PdfDocument pdf, IToken token) =>
        token is IndirectReferenceToken reference ? pdf.Structure.GetObject(reference.Data).Data : token;

    private static void Read(byte[] data, List<PdfField> fields, HashSet<string> known)
    {
        // Programs write an ampersand where XML wants it escaped.
        var text = Ampersand().Replace(Encoding.UTF8.GetString(data), "&amp;");
        using var xml = XmlReader.Create(new StringReader(text), new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit, MaxCharactersInDocument = MaxCharacters, XmlResolver = null,
        });
        var (name, isInData) = ("", false);
        while (xml.Read() && xml.Depth < MaxDepth && fields.Count < MaxFields)
        {
            switch (xml.NodeType)
            {
                case XmlNodeType.Element:
                    (name, isInData) = (xml.LocalName, isInData || xml.LocalName == "data");
                    break;
                case XmlNodeType.EndElement when xml.LocalName == "data":
                    isInData = false;
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA when isInData && known.Add(xml.Value.Trim()):
                    fields.Add(new(null, null, name, xml.Value.ReplaceLineEndings(" ").Trim(), null));
                    break;
            }
        }
    }

    [GeneratedRegex(@"&(?!(#[0-9]+|#x[0-9a-fA-F]+|amp|lt|gt|quot|apos);)", RegexOptions.None, 10_000)]
    private static partial Regex Ampersand();
}
