using System.Text.Json;
using System.Xml.Linq;

namespace AiStack.Ingest.Parsing.Records;

/// <summary>Turns XML of values into the JSON that says the same: attributes and elements are members alike.</summary>
internal static class XmlValues
{
    public static JsonDocument ToJson(XElement root, ParsingOptions limits)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { MaxDepth = (2 * limits.MaxDepth) + 4 }))
        {
            json.WriteStartObject();
            json.WritePropertyName(root.Name.LocalName);
            Write(root, json);
            json.WriteEndObject();
        }

        return JsonDocument.Parse(
            bytes.ToArray(), new JsonDocumentOptions { MaxDepth = (2 * limits.MaxDepth) + 4 });
    }

    private static void Write(XElement element, Utf8JsonWriter json)
    {
        var attributes = element.Attributes().Where(attribute => !attribute.IsNamespaceDeclaration).ToList();
        if (attributes.Count == 0 && !element.HasElements)
        {
            json.WriteStringValue(element.Value);
            return;
        }

        json.WriteStartObject();
        foreach (var attribute in attributes)
        {
            json.WriteString(attribute.Name.LocalName, attribute.Value);
        }

        if (!element.HasElements && !string.IsNullOrWhiteSpace(element.Value))
        {
            json.WriteString("", element.Value);
        }

        foreach (var group in element.Elements().GroupBy(child => child.Name.LocalName))
        {
            json.WritePropertyName(group.Key);
            var children = group.ToList();
            if (children.Count == 1)
            {
                Write(children[0], json);
                continue;
            }

            json.WriteStartArray();
            children.ForEach(child => Write(child, json));
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
