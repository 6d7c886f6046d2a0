using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AiStack.ServiceDefaults;

/// <summary>JSON as OpenAI writes it: snake_case, and text as it is.</summary>
public static class JsonDefaults
{
    /// <summary>The options that every service reads and writes JSON with.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    internal static void AddJson(this IHostApplicationBuilder builder) =>
        builder.Services.ConfigureHttpJsonOptions(http =>
        {
            Configure(http.SerializerOptions);
            WholeText.AddTo(http.SerializerOptions);
        });

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Configure(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict;
        options.AllowDuplicateProperties = false;

        // Answers are JSON, never HTML: escaping every letter outside ASCII would only make them longer.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
    }
}
