using System.IO.Compression;
using System.Xml;
using System.Xml.Linq;
using AiStack.Ingest.Parsing.Archives;

namespace AiStack.Ingest.Parsing.Office;

/// <summary>
/// What of a workbook is not in the values of its cells: comments, and formulas that were never computed.
/// </summary>
internal sealed class ExcelParts(ZipArchive archive, TextCollector collector, CancellationToken cancellationToken)
{
    private const string Comments = "comments";

    public void Add()
    {
        var sheets = SheetsOfParts();
        foreach (var entry in archive.Entries.Where(entry => entry.FullName.StartsWith("xl/", StringComparison.Ordinal)
            && entry.FullName.EndsWith(".xml", StringComparison.OrdinalIgnoreCase)))
        {
            var sheet = sheets.GetValueOrDefault(entry.Name);
            if (entry.FullName.StartsWith("xl/worksheets/sheet", StringComparison.Ordinal))
            {
                CountFormulas(entry);
            }
            else if (sheet is { IsHidden: true })
            {
                collector.Report.Note(
                    "hidden_text", "A sheet that the workbook hides from its reader was left out.",
                    $"sheet {sheet.Name}");
            }
            else if (entry.Name.StartsWith(Comments, StringComparison.OrdinalIgnoreCase))
            {
                AddComments(entry, sheet?.Name);
            }
            else if (entry.FullName.StartsWith("xl/charts/chart", StringComparison.Ordinal))
            {
                collector.Report.Note("drawing_not_read", "A chart was not read; the values that it shows are.");
            }
            else if (entry.FullName.StartsWith("xl/drawings/drawing", StringComparison.Ordinal))
            {
                AddShapes(entry, sheet?.Name);
            }
        }

        collector.Report.Pictures += archive.Entries.Count(
            entry => entry.FullName.StartsWith("xl/media/", StringComparison.Ordinal));
    }

    /// <summary>The sheet of each part: the book names sheets, and these their comments and drawings.</summary>
    private Dictionary<string, Sheet> SheetsOfParts()
    {
        var sheets = new Dictionary<string, Sheet>(StringComparer.Ordinal);
        var targets = Relations("xl/_rels/workbook.xml.rels");
        foreach (var sheet in Elements("xl/workbook.xml", "sheet"))
        {
            var id = sheet.Attributes().FirstOrDefault(attribute => attribute.Name.LocalName == "id"
                && attribute.Name.NamespaceName.Length > 0)?.Value;
            var file = Path.GetFileName(targets.GetValueOrDefault(id ?? "") ?? "");
            var isHidden = sheet.Attribute("state")?.Value is { } state && state != "visible";
            foreach (var target in Relations($"xl/worksheets/_rels/{file}.rels").Values)
            {
                sheets.TryAdd(Path.GetFileName(target), new(sheet.Attribute("name")?.Value ?? "", isHidden));
            }
        }

        return sheets;
    }

    private Dictionary<string, string> Relations(string path) => Elements(path, "Relationship")
        .GroupBy(relation => relation.Attribute("Id")?.Value ?? "")
        .ToDictionary(group => group.Key, group => group.First().Attribute("Target")?.Value ?? "");

    private IEnumerable<XElement> Elements(string path, string name)
    {
        if (archive.GetEntry(path) is not { } entry)
        {
            return [];
        }

        using var reader = XmlReader.Create(entry.Open(), XmlLimits.Settings);
        return XElement.Load(reader).Descendants().Where(element => element.Name.LocalName == name);
    }

    /// <summary>Programs that write workbooks without opening them leave formulas without values.</summary>
    private void CountFormulas(ZipArchiveEntry entry)
    {
        using var reader = XmlReader.Create(entry.Open(), XmlLimits.Settings);
        var (cell, hasFormula, hasValue) = ("", false, false);
        while (reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (reader.NodeType == XmlNodeType.Element)
            {
                (cell, hasFormula, hasValue) = reader.LocalName == "c"
                    ? (reader.GetAttribute("r") ?? "", false, false)
                    : (cell, hasFormula || reader.LocalName == "f", hasValue || reader.LocalName is "v" or "is");
            }
            else if (reader.NodeType == XmlNodeType.EndElement && reader.LocalName == "c" && hasFormula && !hasValue)
            {
                collector.Report.Warn(
                    "formula_without_value",
                    "Formulas have no stored values: open the workbook in Excel, save it, and upload it again.",
                    $"{entry.Name}, cell {cell}");
            }
        }
    }

    private void AddComments(ZipArchiveEntry entry, string? sheet)
    {
        using var reader = XmlReader.Create(entry.Open(), XmlLimits.Settings);
        string? cell = null;
        var text = new System.Text.StringBuilder();
        while (reader.Read())
        {
            if (reader is { NodeType: XmlNodeType.Element, LocalName: "comment" })
            {
                cell = reader.GetAttribute("ref");
                text.Clear();
            }
            else if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA && cell is not null)
            {
                text.Append(reader.Value);
            }
            else if (reader is { NodeType: XmlNodeType.EndElement, LocalName: "comment" } && text.Length > 0)
            {
                collector.Paragraph($"[Comment at {(sheet is null ? "" : sheet + "!")}{cell}: {text}]");
                cell = null;
            }
        }
    }

    private void AddShapes(ZipArchiveEntry entry, string? sheet)
    {
        using var reader = XmlReader.Create(entry.Open(), XmlLimits.Settings);
        var (text, isText) = (new System.Text.StringBuilder(), false);
        while (reader.Read())
        {
            isText = reader.NodeType == XmlNodeType.Element ? reader.LocalName == "t" : isText;
            if (reader.NodeType == XmlNodeType.Text && isText)
            {
                text.Append(reader.Value);
            }
            else if (reader is { NodeType: XmlNodeType.EndElement, LocalName: "p" })
            {
                text.Append(' ');
            }
        }

        if (!string.IsNullOrWhiteSpace(text.ToString()))
        {
            collector.Paragraph(sheet is null ? text.ToString() : $"[Shape at {sheet}: {text.ToString().Trim()}]");
        }
    }

    private sealed record Sheet(string Name, bool IsHidden);
}
