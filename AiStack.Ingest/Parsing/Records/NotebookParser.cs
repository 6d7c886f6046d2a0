using System.Text.Json;
using AiStack.Ingest.Parsing.Encodings;
using AiStack.Ingest.Parsing.Plain;
using AiStack.Ingest.Parsing.Web;

namespace AiStack.Ingest.Parsing.Records;

/// <summary>A Jupyter notebook: its text, its code, and what the code wrote.</summary>
internal sealed class NotebookParser(ParsingOptions limits, string? charset = null) : IDocumentParser
{
    public ParsedDocument Parse(Stream content, CancellationToken cancellationToken)
    {
        var collector = new TextCollector(limits, "ipynb 1");
        var json = TextDecoder.DecodeMarkup(content, limits, collector.Report, charset);
        try
        {
            using var notebook = JsonText.Read(json, limits, collector.Report);
            foreach (var cell in Cells(notebook.RootElement))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Add(cell, collector, cancellationToken);
            }
        }
        catch (JsonException exception)
        {
            throw JsonText.Invalid((exception.LineNumber ?? 0) + 1, limits);
        }

        return collector.ToDocument();
    }

    /// <summary>Before version 4 a notebook's cells were in sheets.</summary>
    private static IEnumerable<JsonElement> Cells(JsonElement notebook) => Items(notebook, "cells")
        .Concat(Items(notebook, "worksheets").SelectMany(sheet => Items(sheet, "cells")));

    private void Add(JsonElement cell, TextCollector collector, CancellationToken cancellationToken)
    {
        var source = Text(cell, "source") is { Length: > 0 } text ? text : Text(cell, "input");
        switch (Text(cell, "cell_type"))
        {
            case "markdown":
                new MarkdownParser(limits).Write(source, collector, cancellationToken);
                break;
            case "heading":
                collector.Heading(1, source);
                break;
            case "code":
                collector.Verbatim(source);
                foreach (var output in Items(cell, "outputs"))
                {
                    AddOutput(output, collector, cancellationToken);
                }

                break;
            default:
                collector.Lines(source);
                break;
        }
    }

    private void AddOutput(JsonElement output, TextCollector collector, CancellationToken cancellationToken)
    {
        var forms = output.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object
            ? data
            : output;
        collector.Report.Pictures += forms.EnumerateObject()
            .Count(form => form.Name.StartsWith("image/", StringComparison.Ordinal));
        if (Text(forms, "text/html") is { Length: > 0 } html)
        {
            HtmlParser.WriteFragment(html, collector, limits, cancellationToken);
        }
        else if (Text(forms, "text/markdown") is { Length: > 0 } markdown)
        {
            new MarkdownParser(limits).Write(markdown, collector, cancellationToken);
        }
        else if (Text(output, "ename") is { Length: > 0 } error)
        {
            collector.Lines($"{error}: {Text(output, "evalue")}");
        }
        else
        {
            collector.Verbatim(Text(forms, "text/plain") is { Length: > 0 } plain ? plain : Text(output, "text"));
        }
    }

    private static IEnumerable<JsonElement> Items(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var items)
        && items.ValueKind == JsonValueKind.Array
            ? items.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object)
            : [];

    /// <summary>A text, or the lines of one.</summary>
    private static string Text(JsonElement of, string name) => !of.TryGetProperty(name, out var text) ? ""
        : text.ValueKind == JsonValueKind.Array
            ? string.Concat(text.EnumerateArray().Select(line => line.ToString()))
            : text.ToString();
}
