using System.Text.Json;

namespace AiStack.Ingest.Parsing;

/// <summary>JSON: each value with the path that leads to it, an object of a list a paragraph.</summary>
internal sealed class JsonParser(ParsingOptions limits) : IDocumentParser
{
    public ParsedDocument Parse(Stream content, CancellationToken cancellationToken)
    {
        var json = TextDecoder.Decode(content, limits);
        var collector = new TextCollector(limits);
        try
        {
            using var document = JsonDocument.Parse(json, JsonText.DocumentOptions(limits));
            JsonText.Add(document.RootElement, "", collector, cancellationToken);
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
        var collector = new TextCollector(limits);
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
                JsonText.Add(document.RootElement, "", collector, cancellationToken);
            }
            catch (JsonException)
            {
                throw JsonText.Invalid(number, limits);
            }
        }

        return collector.ToDocument();
    }
}

internal static class JsonText
{
    public static JsonDocumentOptions DocumentOptions(ParsingOptions limits) =>
        new() { MaxDepth = limits.MaxDepth, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    public static UnreadableDocumentException Invalid(long line, ParsingOptions limits) => new(
        UnreadableDocumentException.Invalid,
        $"Line {line} is not valid JSON, or nested deeper than {limits.MaxDepth} values, which is the limit.");

    /// <summary>An object's own values are one paragraph; objects in lists get one each.</summary>
    public static void Add(JsonElement value, string path, TextCollector collector, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var lines = new List<string>();
        var later = new List<(JsonElement Value, string Path)>();
        Flatten(value, path, lines, later);
        collector.Lines(string.Join('\n', lines));
        foreach (var (element, itsPath) in later)
        {
            Add(element, itsPath, collector, cancellationToken);
        }
    }

    private static void Flatten(JsonElement value, string path, List<string> lines, List<(JsonElement, string)> later)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    Flatten(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}", lines, later);
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
                lines.Add(path.Length == 0 ? value.ToString() : $"{path}: {value}");
                break;
        }
    }
}
