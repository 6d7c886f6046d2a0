using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using AiStack.Ingest.Connectors;

namespace AiStack.Ingest.Sources;

/// <summary>The kinds of sources that there are, by their names.</summary>
internal sealed class SourceKinds(IEnumerable<IConnectorKind> kinds)
{
    private readonly Dictionary<string, IConnectorKind> _kinds =
        kinds.ToDictionary(kind => kind.Name, StringComparer.Ordinal);

    public IEnumerable<IConnectorKind> All => _kinds.Values.OrderBy(kind => kind.Name, StringComparer.Ordinal);

    public IConnectorKind? Find(string name) => _kinds.GetValueOrDefault(name);

    /// <summary>The JSON schema of a kind's settings, with what is said of each.</summary>
    public static JsonNode Schema(IConnectorKind kind)
    {
        var schema = SettingsReader.Json.GetJsonSchemaAsNode(
            kind.Settings,
            new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Describe });
        if (kind.Settings.GetConstructor([]) is { } make && schema["properties"] is JsonObject properties)
        {
            AddDefaults(properties, make.Invoke([]));
        }

        return schema;
    }

    /// <summary>What a setting is where nothing is said of it.</summary>
    private static void AddDefaults(JsonObject properties, object settings)
    {
        foreach (var property in settings.GetType().GetProperties())
        {
            var name = SettingsReader.Json.PropertyNamingPolicy!.ConvertName(property.Name);
            if (properties[name] is JsonObject described && !described.ContainsKey("default"))
            {
                JsonNode? value = property.GetValue(settings) switch
                {
                    bool truth => JsonValue.Create(truth),
                    int number => JsonValue.Create(number),
                    long number => JsonValue.Create(number),
                    double number => JsonValue.Create(number),
                    string { Length: > 0 } text => JsonValue.Create(text),
                    _ => null,
                };
                if (value is not null)
                {
                    described["default"] = value;
                }
            }
        }
    }

    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        var attributes = context.PropertyInfo?.AttributeProvider;
        if (schema is not JsonObject described || attributes is null)
        {
            return schema;
        }

        T? Find<T>()
            where T : Attribute => attributes.GetCustomAttributes(typeof(T), true).OfType<T>().FirstOrDefault();

        if (Find<DescriptionAttribute>() is { } description)
        {
            described["description"] = description.Description;
        }

        if (Find<RangeAttribute>() is { Minimum: int or double, Maximum: int or double } range)
        {
            described["minimum"] = JsonValue.Create(Convert.ToDouble(range.Minimum, null));
            described["maximum"] = JsonValue.Create(Convert.ToDouble(range.Maximum, null));
        }

        return described;
    }
}
