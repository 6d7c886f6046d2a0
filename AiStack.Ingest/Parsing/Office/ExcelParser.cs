using System.IO.Compression;
using AiStack.Ingest.Parsing.Archives;
using AiStack.Ingest.Parsing.Encodings;
using ExcelDataReader;
using ExcelDataReader.Exceptions;

namespace AiStack.Ingest.Parsing.Office;

/// <summary>
/// Workbooks, XLSX and the old XLS, by ExcelDataReader: each sheet below its name, its tables as tables, each value as
/// it is shown.
/// </summary>
internal sealed class ExcelParser(ParsingOptions limits) : IDocumentParser
{
    public ParsedDocument Parse(Stream content, CancellationToken cancellationToken)
    {
        CodePages.Register();
        var collector = new TextCollector(limits, "excel 1");
        var isZip = content.ReadByte() == 'P';
        content.Position = 0;
        if (isZip)
        {
            new OfficePackage("XLSX", limits, cancellationToken).Check(content);
            content = StrictWorkbook.ToUsual(content, cancellationToken);
        }

        using var reader = Open(content);
        do
        {
            AddSheet(reader, collector, cancellationToken);
        }
        while (reader.NextResult());

        if (isZip)
        {
            content.Position = 0;
            using var archive = new ZipArchive(content, ZipArchiveMode.Read, leaveOpen: true);
            new ExcelParts(archive, collector, cancellationToken).Add();
        }

        return collector.ToDocument();
    }

    private static IExcelDataReader Open(Stream content)
    {
        try
        {
            return ExcelReaderFactory.CreateReader(
                content,
                new ExcelReaderConfiguration
                {
                    FallbackEncoding = CodePages.Get(CodePages.Windows1252),
                    LeaveOpen = true,
                });
        }
        catch (InvalidPasswordException)
        {
            throw ParsingLimit.Invalid("The workbook is protected by a password. Upload it without one.");
        }
    }

    private void AddSheet(IExcelDataReader reader, TextCollector collector, CancellationToken cancellationToken)
    {
        var sheet = ExcelSheet.Read(reader, limits, cancellationToken);
        if (sheet.IsEmpty)
        {
            return;
        }

        if (reader.VisibleState is { } state && state != "visible")
        {
            collector.Report.Note(
                "hidden_text", "A sheet that the workbook hides from its reader was left out.", $"sheet {reader.Name}");
            return;
        }

        collector.Heading(1, reader.Name);
        sheet.WriteTo(collector);
    }
}
