using System.Text.Json;
using System.Text.Unicode;
using AiStack.Contracts;
using Microsoft.Extensions.Options;

namespace AiStack.Evals.Datasets;

/// <summary>
/// Reads a dataset and refuses it at its first fault, named by line and field: a dataset that is half right would
/// measure something else than its author meant.
/// </summary>
internal sealed class DatasetReader(IOptions<DatasetOptions> options)
{
    private const string SourceParameter = "data_source.source";
    private const byte LineFeed = (byte)'\n';

    private static readonly JsonDocumentOptions _strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>
    /// Reads JSON Lines. A line is an item, or an item in the envelope of OpenAI's files: <c>{"item": …}</c>.
    /// </summary>
    public Outcome<Dataset> ReadLines(ReadOnlyMemory<byte> jsonLines, ItemSchema schema)
    {
        List<DatasetItem> items = [];
        var rest = WithoutByteOrderMark(jsonLines);
        for (var number = 1; !rest.IsEmpty; number++)
        {
            var end = rest.Span.IndexOf(LineFeed);
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (line.Span.Trim(" \t\r"u8).IsEmpty)
            {
                continue;
            }

            if (!ReadLine(line, schema).TryGet(out var item, out var fault))
            {
                return AtLine($"Line {number}", fault);
            }

            items.Add(item);
            if (items.Count > options.Value.MaxItems)
            {
                return TooMany();
            }
        }

        return items.Count == 0 ? Empty() : Dataset.Of(items);
    }

    /// <summary>
    /// Reads the items that a request carries itself: the <c>content</c> of OpenAI's <c>file_content</c>.
    /// </summary>
    public Outcome<Dataset> ReadContent(IReadOnlyList<JsonElement> content, ItemSchema schema)
    {
        if (content.Count == 0)
        {
            return Empty();
        }

        if (content.Count > options.Value.MaxItems)
        {
            return TooMany();
        }

        List<DatasetItem> items = [];
        foreach (var element in content)
        {
            if (!ReadItem(element, schema).TryGet(out var item, out var fault))
            {
                return AtLine($"Item {items.Count + 1}", fault);
            }

            items.Add(item);
        }

        return Dataset.Of(items);
    }

    private Outcome<DatasetItem> ReadLine(ReadOnlyMemory<byte> line, ItemSchema schema)
    {
        if (line.Length > options.Value.MaxLineBytes)
        {
            return new Fault(FaultCode.InvalidArgument, $"is longer than {options.Value.MaxLineBytes} bytes");
        }

        if (!Utf8.IsValid(line.Span))
        {
            return new Fault(FaultCode.InvalidArgument, "is not valid UTF-8");
        }

        try
        {
            using var document = JsonDocument.Parse(line, _strict);
            return ReadItem(document.RootElement, schema);
        }
        catch (JsonException exception)
        {
            return new Fault(
                FaultCode.InvalidArgument,
                $"is not valid JSON, at byte {exception.BytePositionInLine ?? 0} of the line");
        }
    }

    private static Outcome<DatasetItem> ReadItem(JsonElement element, ItemSchema schema)
    {
        var item = element.ValueKind == JsonValueKind.Object && element.TryGetProperty("item", out var inner)
            ? inner
            : element;
        try
        {
            return schema.Check(item) is { } fault ? fault : DatasetItem.Read(item);
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair is valid JSON, but no text.
            return new Fault(FaultCode.InvalidArgument, "holds an escape that is half a character");
        }
    }

    private static ReadOnlyMemory<byte> WithoutByteOrderMark(ReadOnlyMemory<byte> bytes) =>
        bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;

    private static Fault AtLine(string place, Fault fault) => new(
        FaultCode.InvalidArgument,
        fault.Parameter is null ? $"{place} {fault.Message}." : $"{place}: '{fault.Parameter}' {fault.Message}.",
        SourceParameter);

    private static Fault Empty() => new(FaultCode.InvalidArgument, "The dataset has no items.", SourceParameter);

    private Fault TooMany() =>
        new(FaultCode.InvalidArgument, $"The dataset has more than {options.Value.MaxItems} items.", SourceParameter);
}
