using System.Text.Json;

namespace AiStack.Serving.Engines.GenAi;

/// <summary>
/// The words that a tokenizer has added to those of its language. The special ones, such as <c>&lt;|im_start|&gt;</c>,
/// a model takes for the frame of a conversation: in a message or a document they must be text, or whoever wrote it
/// could speak as the system.
/// </summary>
internal sealed class SpecialTokens
{
    /// <summary>Has no width, so that people and models read on.</summary>
    private const string Break = "\u200B";

    private readonly Dictionary<string, Added> _words = new(StringComparer.Ordinal);

    private SpecialTokens(IEnumerable<Added> words)
    {
        foreach (var word in words)
        {
            _words[word.Content] = word;
        }
    }

    public static SpecialTokens Of(ModelFolder folder)
    {
        try
        {
            using var file = File.OpenRead(Path.Combine(folder.Path, ModelFolder.Tokenizer));
            using var json = JsonDocument.Parse(file);
            return json.RootElement.TryGetProperty("added_tokens", out var added)
                ? new([.. added.EnumerateArray().Select(Read).Where(word => word.Content.Length > 1)])
                : new([]);
        }
        catch (Exception exception) when (
            exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new ModelRefusedException($"{ModelFolder.Tokenizer} cannot be read: {exception.Message}", exception);
        }
    }

    public bool Has(string word) => _words.ContainsKey(word);

    public bool IsSpecial(string word) => _words.TryGetValue(word, out var added) && added.IsSpecial;

    /// <summary>The token of a word that is there.</summary>
    public int Id(string word) => _words[word].Id;

    /// <summary>The text with each of the special words broken.</summary>
    public string Harmless(string text) => _words.Values.Where(word => word.IsSpecial).Aggregate(
        text,
        (harmless, word) => harmless.Contains(word.Content, StringComparison.Ordinal)
            ? harmless.Replace(word.Content, word.Content.Insert(1, Break), StringComparison.Ordinal)
            : harmless);

    private static Added Read(JsonElement token) => new(
        token.GetProperty("content").GetString()!,
        token.GetProperty("id").GetInt32(),
        token.TryGetProperty("special", out var special) && special.ValueKind == JsonValueKind.True);

    private sealed record Added(string Content, int Id, bool IsSpecial);
}
