using System.Globalization;

namespace AiStack.Console.Telemetry.Traces;

/// <summary>OpenTelemetry's names for what models do (https://opentelemetry.io/docs/specs/semconv/gen-ai/).</summary>
internal static class GenAi
{
    public const string Operation = "gen_ai.operation.name";
    public const string RequestModel = "gen_ai.request.model";
    public const string ResponseModel = "gen_ai.response.model";
    public const string InputTokens = "gen_ai.usage.input_tokens";
    public const string OutputTokens = "gen_ai.usage.output_tokens";

    public const string Dollars = "USD";

    /// <summary>Not a convention yet, but what is in use: US dollars.</summary>
    public const string Cost = "gen_ai.usage.cost";

    /// <summary>The same, as our own services say it: in the currency of <see cref="OurCurrency"/>.</summary>
    public const string OurCost = "aistack.cost";
    public const string OurCurrency = "aistack.currency";

    /// <summary>Whether the span is the call of a model.</summary>
    public static bool IsCall(Span span) =>
        span.Attributes[RequestModel] is not null || span.Attributes[ResponseModel] is not null
            || span.Attributes[InputTokens] is not null;

    /// <summary>What the models of a trace used, each call once, however many spans report it.</summary>
    public static ModelUsage UsageOf(IReadOnlyCollection<Span> spans)
    {
        var calls = spans.Where(IsCall).ToArray();
        var parents = spans.DistinctBy(span => span.SpanId)
            .ToDictionary(span => span.SpanId, span => span.ParentSpanId, StringComparer.Ordinal);
        var reporting = calls.Where(ReportsUsage).Select(span => span.SpanId).ToHashSet(StringComparer.Ordinal);
        var outermost = calls.Where(span => ReportsUsage(span) && !IsWithin(span, reporting, parents)).ToArray();
        var costs = outermost.Select(CostOf).OfType<decimal>().ToArray();
        return new(
            [.. calls.Select(span => span.Attributes[ResponseModel] ?? span.Attributes[RequestModel])
                .OfType<string>().Distinct(StringComparer.Ordinal)],
            outermost.Sum(span => Tokens(span, InputTokens)),
            outermost.Sum(span => Tokens(span, OutputTokens)),
            costs.Length == 0 ? null : costs.Sum(),
            outermost.Select(CurrencyOf).FirstOrDefault(Dollars));
    }

    /// <summary>What a call cost; <c>null</c> when the span does not say.</summary>
    public static decimal? CostOf(Span span) => Number(span, Cost) ?? Number(span, OurCost);

    /// <summary>The currency of <see cref="CostOf"/>.</summary>
    public static string CurrencyOf(Span span) => span.Attributes[OurCurrency] ?? Dollars;

    private static bool ReportsUsage(Span span) =>
        span.Attributes[InputTokens] is not null || span.Attributes[OutputTokens] is not null
            || CostOf(span) is not null;

    private static bool IsWithin(Span span, HashSet<string> reporting, Dictionary<string, string?> parents)
    {
        // As many steps as there are spans: parents can form a circle.
        var parent = span.ParentSpanId;
        for (var step = 0; step < parents.Count && parent is not null; step++)
        {
            if (reporting.Contains(parent) && parent != span.SpanId)
            {
                return true;
            }

            parents.TryGetValue(parent, out parent);
        }

        return false;
    }

    // Numbers that no model used would overflow the sum.
    private static long Tokens(Span span, string key) =>
        long.TryParse(span.Attributes[key], CultureInfo.InvariantCulture, out var tokens)
            ? Math.Clamp(tokens, 0, int.MaxValue)
            : 0;

    private static decimal? Number(Span span, string key) =>
        decimal.TryParse(span.Attributes[key], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? Math.Clamp(number, 0, int.MaxValue) : null;
}
