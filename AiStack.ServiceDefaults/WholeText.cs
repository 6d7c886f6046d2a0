using System.Text.Json;
using System.Text.Json.Serialization;

namespace AiStack.ServiceDefaults;

/// <summary>
/// Refuses valid JSON whose text cannot be stored: U+0000, which Postgres does not have, and an escaped half of a
/// surrogate pair, which UTF-8 does not have. All requests are read through it, so no other code checks for either.
/// </summary>
internal static class WholeText
{
    public static void AddTo(JsonSerializerOptions options)
    {
        options.Converters.Add(new OfString());
        options.Converters.Add(new OfElement());
    }

    private static bool IsWhole(string text) => !text.Contains('\0', StringComparison.Ordinal);

    private sealed class OfString : JsonConverter<string>
    {
        // Half of a pair is refused by the reader itself.
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString() is { } text && IsWhole(text) ? text : throw new BrokenTextException("");

        public override string ReadAsPropertyName(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Read(ref reader, typeToConvert, options)!;

        public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
            writer.WritePropertyName(value);

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value);
    }

    private sealed class OfElement : JsonConverter<JsonElement>
    {
        private static readonly JsonConverter<JsonElement> _inner =
            (JsonConverter<JsonElement>)JsonSerializerOptions.Default.GetConverter(typeof(JsonElement));

        public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var element = _inner.Read(ref reader, typeToConvert, options);
            return FindBroken(element) is { } place ? throw new BrokenTextException(place) : element;
        }

        public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) =>
            _inner.Write(writer, value, options);

        /// <summary>Where in the element the broken text is, as <c>[0].name</c>; null when there is none.</summary>
        private static string? FindBroken(JsonElement element) => element.ValueKind switch
        {
            JsonValueKind.String => Text(element.GetString) is null ? "" : null,
            JsonValueKind.Array => element.EnumerateArray()
                .Select((item, i) => FindBroken(item) is { } place ? $"[{i}]{place}" : null)
                .FirstOrDefault(place => place is not null),
            JsonValueKind.Object => element.EnumerateObject()
                .Select(property => Text(() => property.Name) is not { } name ? ""
                    : FindBroken(property.Value) is { } place ? $".{name}{place}" : null)
                .FirstOrDefault(place => place is not null),
            _ => null,
        };

        private static string? Text(Func<string?> read)
        {
            try
            {
                return read() is { } text && IsWhole(text) ? text : null;
            }
            catch (InvalidOperationException)
            {
                return null; // Half of a surrogate pair.
            }
        }
    }
}

/// <summary>A request's text cannot be kept.</summary>
/// <param name="place">Where below <see cref="JsonException.Path"/> it is.</param>
internal sealed class BrokenTextException(string place) : JsonException
{
    public string Place => place;
}
