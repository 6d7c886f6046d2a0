using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using AiStack.Contracts;

namespace AiStack.Ingest.Connectors;

/// <summary>Reads a source's settings, as strictly as requests are read.</summary>
internal static class SettingsReader
{
    private const string Field = "settings";

    /// <summary>How settings are written: JSON in snake_case, without fields that nobody knows.</summary>
    public static JsonSerializerOptions Json { get; } = Create();

    public static Outcome<T> Read<T>(JsonElement settings)
        where T : class
    {
        T? read;
        try
        {
            read = settings.ValueKind == JsonValueKind.Object ? settings.Deserialize<T>(Json) : null;
        }
        catch (JsonException exception)
        {
            // System.Text.Json names the path and the reason; the path begins with "$".
            var path = Field + exception.Path?.TrimStart('$');
            return new Fault(FaultCode.InvalidArgument, $"'{path}' cannot be read: {Reason(exception)}", path);
        }

        if (read is null)
        {
            return new Fault(FaultCode.InvalidArgument, $"'{Field}' must be an object.", Field);
        }

        var wrong = new List<ValidationResult>();
        if (Validator.TryValidateObject(read, new(read), wrong, validateAllProperties: true))
        {
            return read;
        }

        var name = Json.PropertyNamingPolicy!.ConvertName(wrong[0].MemberNames.FirstOrDefault() ?? "");
        return new Fault(FaultCode.InvalidArgument, wrong[0].ErrorMessage ?? "It is not good.", $"{Field}.{name}");
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            PropertyNameCaseInsensitive = false,
            NumberHandling = JsonNumberHandling.Strict,
        };
        options.MakeReadOnly(populateMissingResolver: true); // A schema is made of it, perhaps before anything is read.
        return options;
    }

    private static string Reason(JsonException exception) =>
        exception.Message.Split(" Path:", 2)[0].TrimEnd('.') + ".";
}
