using System.Text.Json;
using System.Text.Json.Serialization;
using AiStack.ServiceDefaults;

namespace AiStack.Evals;

/// <summary>JSON between the API and columns: written without what was not given, read back as it was.</summary>
internal static class StoredJson
{
    private static readonly JsonSerializerOptions _options =
        new(JsonDefaults.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static string? Write<T>(T? value) => value is null ? null : JsonSerializer.Serialize(value, _options);

    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, _options)!;
}
