using System.Text;
using System.Text.Json;

namespace AiStack.Ingest.Parsing.Records;

/// <summary>
/// Writes values as lines, each with the path that leads to it. An object in a list begins with what names the objects
/// that it lies in: a machine's number is of no use without its site.
/// </summary>
internal sealed class JsonText(TextCollector collector, ParsingOptions limits, CancellationToken cancellationToken)
{
    /// <summary>Every value repeats the path to it: endless names would make endless text of a small file.</summary>
    private const int MaxPathLength = 500;

    public static UnreadableDocumentException Invalid(long line, ParsingOptions limits) => ParsingLimit.Invalid(
        $"Line {line} is not valid JSON, or nested deeper than {limits.MaxDepth} values, which is the limit.");

    /// <summary>Parses JSON; the numbers that it does not have, and programs write all the same, are texts.</summary>
    public static JsonDocument Read(string json, ParsingOptions limits, ReportBuilder report)
    {
        var options = new JsonDocumentOptions
        {
            MaxDepth = limits.MaxDepth,
            AllowTrailingCommas = true,
            CommentHandling = JsonCommentHandling.Skip,
        };
        try
        {
            return JsonDocument.Parse(json, options);
        }
        catch (JsonException) when (JsonNumbers.MayHoldOther(json))
        {
            var document = JsonDocument.Parse(JsonNumbers.Quote(json), options);
            report.Note("json_not_numbers", "NaN and Infinity are no JSON numbers: they were read as texts.");
            return document;
        }
    }

    public void Add(JsonElement value) => Add(value, "", []);

    /// <summary>An object's own values are one paragraph; objects in lists get one each.</summary>
    private void Add(JsonElement value, string path, IReadOnlyList<string> parents)
    {
        var lines = new StringBuilder();
        var later = new List<Later>();
        Flatten(value, path, lines, later, parents);
        if (lines.Length > 0)
        {
            collector.Lines(string.Concat(parents) + lines);
        }

        foreach (var (element, itsPath, itsParents) in later)
        {
            Add(element, itsPath, itsParents);
        }
    }

    private void Flatten(
        JsonElement value, string path, StringBuilder lines, List<Later> later, IReadOnlyList<string> parents)
    {
        cancellationToken.ThrowIfCancellationRequested();
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var within = JsonNames.With(parents, value, path);
                foreach (var property in value.EnumerateObject())
                {
                    Flatten(property.Value, Path(path, property.Name), lines, later, within);
                }

                break;
            case JsonValueKind.Array:
                foreach (var element in value.EnumerateArray())
                {
                    if (element.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                    {
                        later.Add(new(element, path, parents));
                    }
                    else
                    {
                        Flatten(element, path, lines, later, parents);
                    }
                }

                break;
            case JsonValueKind.Null:
                break;
            default:
                Write(value, path, lines);
                break;
        }
    }

    private void Write(JsonElement value, string path, StringBuilder lines)
    {
        _ = path.Length == 0 ? lines : lines.Append(path).Append(": ");
        lines.Append(value.ToString()).Append('\n');
        if (lines.Length > limits.MaxTextLength)
        {
            throw ParsingLimit.TextTooLong(limits);
        }
    }

    private static string Path(string path, string name)
    {
        var full = path.Length == 0 || name.Length == 0 ? path + name : $"{path}.{name}";
        return full.Length <= MaxPathLength ? full : full[^MaxPathLength..];
    }

    private readonly record struct Later(JsonElement Value, string Path, IReadOnlyList<string> Parents);
}
