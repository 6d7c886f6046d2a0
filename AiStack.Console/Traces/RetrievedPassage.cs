using System.Text.Json;
using AiStack.Console.Telemetry.Traces;

namespace AiStack.Console.Traces;

/// <summary>A passage that a search found, as Retrieval's spans tell it: which one, never what it says.</summary>
/// <param name="Id">The chunk.</param>
/// <param name="Score">How well it fits, 0 to 1.</param>
/// <param name="FileId">The file that it is in, from <paramref name="Start"/> to
/// <paramref name="End"/> of its text.</param>
internal sealed record RetrievedPassage(string Id, double Score, string? FileId = null, int Start = 0, int End = 0)
{
    public const string Attribute = "gen_ai.retrieval.documents";

    /// <summary>As many as one search returns at most.</summary>
    private const int Max = 50;

    private static readonly JsonSerializerOptions _json =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>What the span found; none when it says nothing, or nothing that can be read.</summary>
    public static IReadOnlyList<RetrievedPassage> In(Span span)
    {
        if (span.Attributes[Attribute] is not { } json)
        {
            return [];
        }

        try
        {
            var passages = JsonSerializer.Deserialize<List<RetrievedPassage?>>(json, _json) ?? [];
            return [.. passages.OfType<RetrievedPassage>().Take(Max)];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>Where a press on it leads.</summary>
    public string? Href => FileId is null ? null : $"documents/{Uri.EscapeDataString(FileId)}?start={Start}&end={End}";
}
