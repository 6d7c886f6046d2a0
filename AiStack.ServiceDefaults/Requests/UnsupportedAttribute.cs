using System.Text.Json;
using System.Text.Json.Serialization;
using AiStack.ServiceDefaults.Errors;

namespace AiStack.ServiceDefaults.Requests;

/// <summary>
/// A field of a request that this service does nothing with and that would change the answer: it is refused by name,
/// with the reason, unless its value asks for nothing. Null always asks for nothing. A field that changes no answer
/// needs no attribute: the request declares it and no code reads it. What no request declares is refused as unknown
/// (<see cref="JsonDefaults"/>).
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class UnsupportedAttribute(string reason) : JsonConverterAttribute
{
    /// <summary>The values that are accepted, as JSON: <c>"\"auto\""</c>, <c>"1"</c>. The default is none.</summary>
    public string[] Except { get; init; } = [];

    private string Reason => reason;

    /// <inheritdoc/>
    public override JsonConverter CreateConverter(Type typeToConvert) =>
        typeToConvert == typeof(string) ? new Converter<string>(this) : new Converter<JsonElement>(this);

    private sealed class Converter<T>(UnsupportedAttribute field) : JsonConverter<T>
    {
        private readonly JsonElement[] _accepted = [.. field.Except.Select(json => JsonElement.Parse(json))];

        public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var value = JsonSerializer.Deserialize<JsonElement>(ref reader, options);
            return Array.Exists(_accepted, accepted => JsonElement.DeepEquals(accepted, value))
                ? value.Deserialize<T>(options)
                : throw new UnsupportedFieldException(field.Reason);
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value, options);
    }
}
