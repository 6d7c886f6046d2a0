using System.Globalization;
using AiStack.Ingest.Parsing.Encodings;
using CsvHelper.Configuration;

namespace AiStack.Ingest.Parsing.Tables;

/// <summary>
/// CSV, by CsvHelper: each row a paragraph that names its columns, so that a row makes sense by itself. What stands
/// above the names of columns is kept before the rows, and a second table in a file has names of its own.
/// </summary>
internal sealed class CsvParser(ParsingOptions limits, string? charset = null) : IDocumentParser
{
    private const int MaxColumns = 2_000;

    /// <summary>How many lines are looked at to find the delimiter and the names of columns.</summary>
    private const int SampleLines = 60;

    public ParsedDocument Parse(Stream content, CancellationToken cancellationToken)
    {
        var collector = new TextCollector(limits, "csv 2");
        var text = TextDecoder.Decode(content, limits, collector.Report, charset);
        using var reader = new StringReader(text);
        var delimiter = CsvDelimiter.Declared(text);
        if (delimiter is not null)
        {
            reader.ReadLine();
        }

        using var csv = new CsvHelper.CsvParser(
            reader,
            new CsvConfiguration(CultureInfo.InvariantCulture)
            {
                Delimiter = delimiter ?? CsvDelimiter.Detect(text, SampleLines),
                BadDataFound = null, // A stray quote is part of the value, as spreadsheets take it.
                MissingFieldFound = null,
                IgnoreBlankLines = false,
            });
        var table = new List<IReadOnlyList<string>>();
        var rows = new CsvTable(collector, cancellationToken);
        while (csv.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var row = csv.Record ?? [];
            if (row.Length > MaxColumns)
            {
                throw ParsingLimit.Invalid($"The CSV has {row.Length} columns; the limit is {MaxColumns}.");
            }

            if (!row.All(string.IsNullOrWhiteSpace))
            {
                table.Add(row);
                continue;
            }

            rows.Add(table);
            table.Clear();
        }

        rows.Add(table);
        rows.End();
        return collector.ToDocument();
    }
}
