using System.IO.Compression;
using System.Text;

namespace AiStack.Ingest.Parsing.Office;

/// <summary>
/// Workbooks saved as "Strict Open XML": ExcelDataReader finds nothing in them, as their namespaces have other names.
/// </summary>
internal static class StrictWorkbook
{
    private const string Strict = "http://purl.oclc.org/ooxml/";

    private static readonly (string Strict, string Usual)[] _namespaces =
    [
        (Strict + "spreadsheetml/main", "http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
        (Strict + "officeDocument/relationships",
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
    ];

    /// <summary>The workbook with the usual names; itself when it has them. What it unpacks to was counted.</summary>
    public static Stream ToUsual(Stream content, CancellationToken cancellationToken)
    {
        using var archive = new ZipArchive(content, ZipArchiveMode.Read, leaveOpen: true);
        if (archive.GetEntry("xl/workbook.xml") is not { } workbook
            || !Text(workbook).Contains(Strict, StringComparison.Ordinal))
        {
            content.Position = 0;
            return content;
        }

        var usual = new MemoryStream();
        using (var target = new ZipArchive(usual, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var entry in archive.Entries.Where(entry =>
                Path.GetExtension(entry.FullName).ToLowerInvariant() is ".xml" or ".rels"))
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var writer = new StreamWriter(
                    target.CreateEntry(entry.FullName, CompressionLevel.Fastest).Open(), new UTF8Encoding(false));
                writer.Write(_namespaces.Aggregate(Text(entry), (text, names) =>
                    text.Replace(names.Strict, names.Usual, StringComparison.Ordinal)));
            }
        }

        usual.Position = 0;
        return usual;
    }

    private static string Text(ZipArchiveEntry entry)
    {
        using var reader = new StreamReader(entry.Open());
        return reader.ReadToEnd();
    }
}
