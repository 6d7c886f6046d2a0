using System.Globalization;
using CsvHelper.Configuration;

namespace AiStack.Ingest.Parsing;

/// <summary>
/// CSV, by CsvHelper: each row a paragraph that names its columns, so that a row makes sense by itself.
/// </summary>
internal sealed class CsvParser(ParsingOptions limits) : IDocumentParser
{
    private const int MaxColumns = 2_000;

    private static readonly CsvConfiguration _configuration = new(CultureInfo.InvariantCulture)
    {
        DetectDelimiter = true,
        DetectDelimiterValues = [",", ";", "\t", "|"],
        BadDataFound = null, // A stray quote is part of the value, as spreadsheets take it.
        MissingFieldFound = null,
        IgnoreBlankLines = true,
    };

    public ParsedDocument Parse(Stream content, CancellationToken cancellationToken)
    {
        using var reader = new StringReader(TextDecoder.Decode(content, limits));
        using var csv = new CsvHelper.CsvParser(reader, _configuration);
        var collector = new TextCollector(limits, "csv 1");
        if (!csv.Read())
        {
            return collector.ToDocument();
        }

        var columns = csv.Record ?? [];
        if (columns.Length > MaxColumns)
        {
            throw ParsingLimit.Invalid($"The CSV has {columns.Length} columns; the limit is {MaxColumns}.");
        }

        if (!csv.Read())
        {
            collector.Paragraph(string.Join(", ", columns)); // A header alone is all there is to find.
            return collector.ToDocument();
        }

        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            collector.Paragraph(Row(columns, csv.Record ?? []));
        }
        while (csv.Read());

        return collector.ToDocument();
    }

    private static string Row(string[] columns, string[] values) => string.Join(
        "; ",
        values.Select((value, i) => (Value: value, Column: i < columns.Length ? columns[i] : ""))
            .Where(cell => cell.Value.Length > 0)
            .Select(cell => cell.Column.Length > 0 ? $"{cell.Column}: {cell.Value}" : cell.Value));
}
