using System.Text.Json;
using System.Text.Json.Serialization;

namespace AiStack.Ingest.Parsing;

/// <summary>How a report is stored, which is how the API gives it.</summary>
internal static class ReportJson
{
    private static readonly JsonSerializerOptions _options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static string Write(DocumentReport report) => JsonSerializer.Serialize(report, _options);

    public static DocumentReport Read(string json) => JsonSerializer.Deserialize<DocumentReport>(json, _options)!;
}
