using System.Text;
using System.Text.Json;

namespace AiStack.Ingest.Parsing;

/// <summary>JSON: each value with the path that leads to it, an object of a list a paragraph.</summary>
internal sealed class JsonParser(ParsingOptions limits) : IDocumentParser
{
    public ParsedDocument Parse(Stream content, CancellationToken cancellationToken)
    {
        var json = TextDecoder.DecodeMarkup(content, limits);
        var collector = new TextCollector(limits, "json 1");
        try
        {
            using var document = JsonDocument.Parse(json, JsonText.DocumentOptions(limits));
            new JsonText(collector, limits, cancellationToken).Add(document.RootElement, "");
        }
        catch (JsonException exception)
        {
            throw JsonText.Invalid((exception.LineNumber ?? 0) + 1, limits);
        }

        return collector.ToDocument();
    }
}

/// <summary>JSON Lines: each line a value of its own, and a paragraph.</summary>
internal sealed class JsonLinesParser(ParsingOptions limits) : IDocumentParser
{
    public ParsedDocument Parse(Stream content, CancellationToken cancellationToken)
    {
        var collector = new TextCollector(limits, "jsonl 1");
        var text = new JsonText(collector, limits, cancellationToken);
        using var reader = new StringReader(TextDecoder.Decode(content, limits));
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            try
            {
                using var document = JsonDocument.Parse(line, JsonText.DocumentOptions(limits));
                new JsonText(collector, limits, cancellationToken).Add(document.RootElement, "");
            }
            catch (JsonException)
            {
                throw JsonText.Invalid(number, limits);
            }
        }

        return collector.ToDocument();
    }
}

/// <summary>Writes values as lines, each with the path that leads to it.</summary>
internal sealed class JsonText(TextCollector collector, ParsingOptions limits, CancellationToken cancellationToken)
{
    /// <summary>Every value repeats the path to it: endless names would make endless text of a small file.</summary>
    private const int MaxPathLength = 500;

    public static JsonDocumentOptions DocumentOptions(ParsingOptions limits) =>
        new() { MaxDepth = limits.MaxDepth, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    public static UnreadableDocumentException Invalid(long line, ParsingOptions limits) => ParsingLimit.Invalid(
        $"Line {line} is not valid JSON, or nested deeper than {limits.MaxDepth} values, which is the limit.");

    /// <summary>An object's own values are one paragraph; objects in lists get one each.</summary>
    public void Add(JsonElement value, string path)
    {
        var lines = new StringBuilder();
        var later = new List<(JsonElement Value, string Path)>();
        Flatten(value, path, lines, later);
        collector.Lines(lines.ToString());
        foreach (var (element, itsPath) in later)
        {
            Add(element, itsPath);
        }
    }

    private void Flatten(
        JsonElement value, string path, StringBuilder lines, List<(JsonElement Value, string Path)> later)
    {
        cancellationToken.ThrowIfCancellationRequested();
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    Flatten(property.Value, Path(path, property.Name), lines, later);
                }

                break;
            case JsonValueKind.Array:
                foreach (var element in value.EnumerateArray())
                {
                    if (element.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                    {
                        later.Add((element, path));
                    }
                    else
                    {
                        Flatten(element, path, lines, later);
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
        var full = path.Length == 0 ? name : $"{path}.{name}";
        return full.Length <= MaxPathLength ? full : full[^MaxPathLength..];
    }
}
