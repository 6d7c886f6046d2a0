using System.Globalization;
using System.Text.Json;
using AiStack.Console.Telemetry.Traces;
using AiStack.Console.Usage;

namespace AiStack.Console.Traces;

/// <summary>What a span says of the call of a model, by OpenTelemetry's conventions.</summary>
internal static class GenAiCall
{
    private const string CachedTokens = "gen_ai.usage.cache_read.input_tokens";
    private const string FirstChunk = "gen_ai.response.time_to_first_chunk";

    /// <summary>The names that are shown in words, and so need not be looked for among the attributes.</summary>
    public static IReadOnlyList<(string Label, string Value)> Facts(Span span)
    {
        var facts = new List<(string, string)>();
        Add("Model", span.Attributes[GenAi.ResponseModel] ?? span.Attributes[GenAi.RequestModel]);
        Add(
            "Asked for",
            span.Attributes[GenAi.RequestModel] is { } asked
                && asked != span.Attributes[GenAi.ResponseModel]
                && span.Attributes[GenAi.ResponseModel] is not null
                ? asked
                : null);
        Add("Provider", span.Attributes["gen_ai.provider.name"] ?? span.Attributes["gen_ai.system"]);
        Add("Tokens in", Count(GenAi.InputTokens));
        Add("of them cached", Count(CachedTokens));
        Add("Tokens out", Count(GenAi.OutputTokens));
        Add("Cost", GenAi.CostOf(span) is { } cost ? Money.Text(cost, GenAi.CurrencyOf(span)) : null);
        Add("First words after", Seconds(span.Attributes[FirstChunk]));
        Add("Temperature", span.Attributes["gen_ai.request.temperature"]);
        Add("Most tokens", Count("gen_ai.request.max_tokens"));
        Add("Ended by", Reasons(span.Attributes["gen_ai.response.finish_reasons"]));
        Add("Tool", span.Attributes["gen_ai.tool.name"]);
        Add("Refused", span.Attributes["aistack.serving.refused"] is "true" or "True" ? "not in the documents" : null);
        return facts;

        void Add(string label, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                facts.Add((label, value));
            }
        }

        string? Count(string key) => long.TryParse(span.Attributes[key], CultureInfo.InvariantCulture, out var count)
            ? count.ToString("N0", CultureInfo.InvariantCulture)
            : span.Attributes[key];
    }

    /// <summary>Whether the span tells of a model or a tool at all.</summary>
    public static bool IsIn(Span span) => span.Attributes[GenAi.Operation] is not null || GenAi.IsCall(span);

    private static string? Seconds(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            ? Charts.ChartValue.Text(seconds, "s") : text;

    // ["stop"] is how it is sent; "stop" is how it is read.
    private static string? Reasons(string? json)
    {
        try
        {
            return json is null ? null : string.Join(", ", JsonSerializer.Deserialize<string[]>(json) ?? []);
        }
        catch (JsonException)
        {
            return json;
        }
    }
}
