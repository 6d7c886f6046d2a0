using System.Globalization;
using System.Text;

namespace AiStack.Tests.Ingest;

/// <summary>
/// Writes PDFs by hand, for what no writer makes: each page is its content stream. Fonts are /F1 Helvetica, /F2
/// Helvetica bold, and /F3, which has the letters of <see cref="Letters"/>, half as wide as they are high.
/// </summary>
internal sealed class PdfSource
{
    /// <summary>The first number of <see cref="Objects"/>.</summary>
    public const int FirstObject = 7;

    public required string[] Pages { get; init; }

    /// <summary>Entries of the catalog, of the pages, of their resources, and of the trailer's information.</summary>
    public string Catalog { get; init; } = "";

    public string Page { get; init; } = "";

    public string Resources { get; init; } = "";

    /// <summary>Objects of the test's own, numbered from <see cref="FirstObject"/>.</summary>
    public string[] Objects { get; init; } = [];

    /// <summary>What the letters of /F3 mean, the first of them number 1.</summary>
    public IReadOnlyList<string> Letters { get; init; } = ["a"];

    /// <summary>The operand that shows letters of /F3, in the order in which they stand on paper.</summary>
    public string Show(params string[] letters) =>
        $"<{string.Concat(letters.Select(letter => (Letters.ToList().IndexOf(letter) + 1).ToString("X4", null)))}> Tj";

    public byte[] ToBytes()
    {
        var first = FirstObject + Objects.Length;
        var kids = string.Join(' ', Pages.Select((_, i) => $"{first + (2 * i)} 0 R"));
        var fonts = $"<</Font<</F1 3 0 R/F2 4 0 R/F3 5 0 R>>{Resources}>>";
        string[] fixedObjects =
        [
            $"<</Type/Catalog/Pages 2 0 R{Catalog}>>",
            $"<</Type/Pages/Kids[{kids}]/Count {Pages.Length}/MediaBox[0 0 595 842]/Resources{fonts}>>",
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>",
            "<</Type/Font/Subtype/Type0/BaseFont/ABCDEE+Sans/Encoding/Identity-H/ToUnicode 6 0 R/DescendantFonts["
            + "<</Type/Font/Subtype/CIDFontType2/BaseFont/ABCDEE+Sans/DW 500/CIDSystemInfo<</Registry(Adobe)"
            + "/Ordering(Identity)/Supplement 0>>/FontDescriptor<</Type/FontDescriptor/FontName/ABCDEE+Sans/Flags 4"
            + "/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 900/Descent -200/CapHeight 700/StemV 80>>>>]>>",
            PdfFile.Stream(Map()),
        ];
        var pages = Pages.SelectMany((content, i) => new[]
        {
            $"<</Type/Page/Parent 2 0 R/Contents {first + (2 * i) + 1} 0 R{Page}>>", PdfFile.Stream(content),
        });
        return PdfFile.OfObjects([.. fixedObjects, .. Objects, .. pages]);
    }

    private string Map()
    {
        var map = new StringBuilder("begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange ")
            .Append(CultureInfo.InvariantCulture, $"{Letters.Count} beginbfchar ");
        for (var i = 0; i < Letters.Count; i++)
        {
            var units = string.Concat(Letters[i].Select(c => ((int)c).ToString("X4", CultureInfo.InvariantCulture)));
            map.Append(CultureInfo.InvariantCulture, $"<{i + 1:X4}> <{units}> ");
        }

        return map.Append("endbfchar endcmap").ToString();
    }
}
