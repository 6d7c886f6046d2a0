using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace AiStack.Ingest.Parsing.Records;

/// <summary>
/// Turns YAML into the JSON that says the same. Aliases are not followed: a few of them in one another make a file of
/// any size.
/// </summary>
internal sealed class YamlValues(ParsingOptions limits, CancellationToken cancellationToken)
{
    public const string CommentName = "#";

    public List<JsonDocument> Read(string yaml)
    {
        var documents = new List<JsonDocument>();
        var parser = new Parser(new Scanner(new StringReader(yaml), skipComments: false));
        using var bytes = new MemoryStream();
        Utf8JsonWriter? json = null;
        var levels = new Stack<Level>();
        var comments = new List<string>();
        while (parser.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (parser.Current)
            {
                case DocumentStart:
                    bytes.SetLength(0);
                    json = new(bytes, new JsonWriterOptions { MaxDepth = (2 * limits.MaxDepth) + 4 });
                    json.WriteStartArray();
                    levels.Push(new(IsMapping: false));
                    break;
                case DocumentEnd when json is not null:
                    WriteComments(json, levels.Pop(), comments);
                    json.WriteEndArray();
                    json.Dispose();
                    documents.Add(Unwrap(bytes.ToArray()));
                    json = null;
                    break;
                case Comment comment:
                    comments.Add(comment.Value);
                    break;
                case { } @event when json is not null:
                    Write(@event, json, levels, comments);
                    break;
            }
        }

        return documents;
    }

    private void Write(ParsingEvent @event, Utf8JsonWriter json, Stack<Level> levels, List<string> comments)
    {
        if (levels.Count > limits.MaxDepth)
        {
            throw ParsingLimit.TooDeep("YAML", limits);
        }

        if (@event is MappingEnd or SequenceEnd)
        {
            var ended = levels.Pop();
            WriteComments(json, ended, comments);
            if (ended.IsMapping)
            {
                json.WriteEndObject();
            }
            else
            {
                json.WriteEndArray();
            }

            return;
        }

        var level = levels.Peek();
        if (level.ExpectsName)
        {
            WriteComments(json, level, comments);
            level.ExpectsName = false;
            json.WritePropertyName(@event switch
            {
                Scalar name => name.Value,
                AnchorAlias alias => $"*{alias.Value}",
                _ => throw new YamlException(@event.Start, @event.End, "A name that is itself a mapping."),
            });
            return;
        }

        level.ExpectsName = level.IsMapping;
        Begin(@event, json, levels);
    }

    private static void Begin(ParsingEvent @event, Utf8JsonWriter json, Stack<Level> levels)
    {
        switch (@event)
        {
            case MappingStart:
                json.WriteStartObject();
                levels.Push(new(IsMapping: true) { ExpectsName = true });
                break;
            case SequenceStart:
                json.WriteStartArray();
                levels.Push(new(IsMapping: false));
                break;
            case AnchorAlias alias:
                json.WriteStringValue($"*{alias.Value}");
                break;
            case Scalar scalar:
                json.WriteStringValue(scalar.Value);
                break;
        }
    }

    private static void WriteComments(Utf8JsonWriter json, Level level, List<string> comments)
    {
        if (comments.Count == 0 || (level.IsMapping && !level.ExpectsName))
        {
            return;
        }

        var comment = string.Join(' ', comments);
        comments.Clear();
        if (level.IsMapping)
        {
            json.WriteString(CommentName, comment);
        }
        else
        {
            json.WriteStringValue($"# {comment}");
        }
    }

    /// <summary>A document of one value is that value.</summary>
    private JsonDocument Unwrap(byte[] json)
    {
        var options = new JsonDocumentOptions { MaxDepth = (2 * limits.MaxDepth) + 4 };
        var document = JsonDocument.Parse(json, options);
        if (document.RootElement.GetArrayLength() != 1)
        {
            return document;
        }

        using (document)
        {
            return JsonDocument.Parse(document.RootElement[0].GetRawText(), options);
        }
    }

    private sealed record Level(bool IsMapping)
    {
        public bool ExpectsName { get; set; }
    }
}
