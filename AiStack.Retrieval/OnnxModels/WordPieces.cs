using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FastBertTokenizer;

namespace AiStack.Retrieval.OnnxModels;

/// <summary>Word pieces, as BERT and what came of it read: BGE, E5, GTE, MiniLM.</summary>
internal sealed class WordPieces : ITextTokenizer
{
    private readonly BertTokenizer _tokenizer = new();

    private WordPieces(JsonObject description, long lastId)
    {
        using var json = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(description));
        _tokenizer.LoadTokenizerJson(json);
        LastId = lastId;
    }

    private WordPieces(string vocabulary)
    {
        using var reader = new StringReader(vocabulary);
        _tokenizer.LoadVocabulary(reader, convertInputToLowercase: true);
        LastId = vocabulary.AsSpan().TrimEnd('\n').Count('\n');
    }

    public long LastId { get; }

    public bool IsMultilingual => false;

    /// <summary>A vocabulary that was tried with this tokenizer; its model sees small letters.</summary>
    public static WordPieces Uncased(byte[] vocabulary) => new(Encoding.UTF8.GetString(vocabulary));

    /// <summary>What <c>tokenizer.json</c> says, with case and accents by <c>tokenizer_config.json</c>.</summary>
    public static WordPieces FromDescription(JsonObject description, JsonObject configuration)
    {
        var normalizer = description["normalizer"] as JsonObject
            ?? throw new ModelRefusedException($"{TokenizerFolder.Description} has no normalizer");
        Override(normalizer, "lowercase", configuration["do_lower_case"]);
        Override(normalizer, "strip_accents", configuration["strip_accents"]);
        var words = description["model"]!["vocab"]!.AsObject();
        var lastId = words.Max(word => word.Value!.GetValue<long>());
        if ((normalizer["strip_accents"] ?? normalizer["lowercase"])?.GetValue<bool>() == true)
        {
            // The tokenizer takes accents off what it does not know, and so must not know what has some.
            foreach (var accented in words.Select(word => word.Key).Where(HasAccent).ToList())
            {
                words.Remove(accented);
            }
        }

        return new(description, lastId);
    }

    /// <summary>One piece a line; case and accents by <c>tokenizer_config.json</c>, small letters without.</summary>
    public static WordPieces FromVocabulary(IEnumerable<string> lines, JsonObject configuration)
    {
        var words = new JsonObject();
        var count = 0L;
        foreach (var line in lines)
        {
            words[line] = count++;
        }

        JsonNode Special(string name) => new JsonObject
        {
            ["id"] = name, ["ids"] = new JsonArray(words[name]!.GetValue<long>()), ["tokens"] = new JsonArray(name),
        };
        foreach (var name in new[] { "[UNK]", "[CLS]", "[SEP]", "[PAD]" })
        {
            _ = words[name] ?? throw new ModelRefusedException($"{TokenizerFolder.Vocabulary} has no piece {name}");
        }

        return FromDescription(
            new()
            {
                ["version"] = "1.0",
                ["added_tokens"] = new JsonArray(),
                ["normalizer"] = new JsonObject
                {
                    ["type"] = "BertNormalizer",
                    ["clean_text"] = true,
                    ["handle_chinese_chars"] = true,
                    ["strip_accents"] = null,
                    ["lowercase"] = true,
                },
                ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
                ["post_processor"] = new JsonObject
                {
                    ["type"] = "TemplateProcessing",
                    ["special_tokens"] = new JsonObject { ["[CLS]"] = Special("[CLS]"), ["[SEP]"] = Special("[SEP]") },
                },
                ["model"] = new JsonObject
                {
                    ["type"] = "WordPiece",
                    ["unk_token"] = "[UNK]",
                    ["continuing_subword_prefix"] = "##",
                    ["max_input_chars_per_word"] = 100,
                    ["vocab"] = words,
                },
            },
            configuration);
    }

    public TokenIds Encode(string text, int maxTokens) => TokenIds.OfOne(Ids(text, maxTokens));

    public TokenIds EncodePair(string first, string second, int maxTokens)
    {
        var one = Ids(first, maxTokens / 2);
        return TokenIds.OfTwo(one, Ids(second, maxTokens - one.Length + 1).AsSpan(1));
    }

    private long[] Ids(string text, int maxTokens)
    {
        var (ids, mask) = (new long[maxTokens], new long[maxTokens]);
        var count = _tokenizer.Encode(Readable.Beginning(text, maxTokens), ids, mask);
        return ids[..count];
    }

    private static bool HasAccent(string piece) => !Ascii.IsValid(piece)
        && piece.Normalize(NormalizationForm.FormD)
            .Any(letter => CharUnicodeInfo.GetUnicodeCategory(letter) == UnicodeCategory.NonSpacingMark);

    private static void Override(JsonObject normalizer, string name, JsonNode? value)
    {
        if (value is not null)
        {
            normalizer[name] = value.GetValue<bool>();
        }
    }
}
