using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AiStack.Tests.Serving.GenAi;

/// <summary>A tokenizer of which a token is a byte, with three roles and an end.</summary>
internal static class TinyTokenizer
{
    public const int End = 2;
    public const int Assistant = 5;

    /// <summary>More than the tokens: models have some to spare, too.</summary>
    public const int VocabularySize = 320;

    public const string Template =
        "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}\n{% endfor %}"
        + "{% if add_generation_prompt %}<|assistant|>{% endif %}";

    private const int Bytes = 256;

    private static readonly string[] _special = ["<unk>", "<s>", "</s>", "<|system|>", "<|user|>", "<|assistant|>"];

    private static readonly JsonSerializerOptions _json =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// The tokens of a text, as the files below say; each of <paramref name="words"/> is one token.
    /// </summary>
    public static int[] Tokens(string text, params string[] words)
    {
        List<int> tokens = [];
        while (text.Length > 0)
        {
            var word = Array.FindIndex(words, each => text.StartsWith(each, StringComparison.Ordinal));
            var length = word < 0 ? char.IsSurrogatePair(text, 0) ? 2 : 1 : words[word].Length;
            tokens.AddRange(word < 0
                ? Encoding.UTF8.GetBytes(text[..length]).Select(value => value + _special.Length)
                : [_special.Length + Bytes + word]);
            text = text[length..];
        }

        return [.. tokens];
    }

    /// <summary>
    /// Writes it with <paramref name="words"/> added; like those of real models, they are special when they have a bar.
    /// </summary>
    public static void Write(string folder, string template = Template, params string[] words)
    {
        var vocabulary = _special.Concat(Letters()).Concat(words).Index()
            .ToDictionary(token => token.Item, token => token.Index);
        Write(folder, "tokenizer.json", new
        {
            version = "1.0",
            added_tokens = _special.Concat(words).Select(word => new
            {
                id = vocabulary[word],
                content = word,
                single_word = false,
                lstrip = false,
                rstrip = false,
                normalized = false,
                special = _special.Contains(word) || word.Contains('|', StringComparison.Ordinal),
            }),
            pre_tokenizer = new { type = "ByteLevel", add_prefix_space = false, trim_offsets = true, use_regex = true },
            decoder = new { type = "ByteLevel" },
            model = new { type = "BPE", vocab = vocabulary, merges = Array.Empty<string>() },
        });
        Write(folder, "tokenizer_config.json", new
        {
            tokenizer_class = "GPT2Tokenizer",
            bos_token = "<s>",
            eos_token = "</s>",
            unk_token = "<unk>",
            add_bos_token = false,
            chat_template = template,
        });
    }

    /// <summary>GPT-2's letters for the 256 bytes: those that can be seen stand for themselves.</summary>
    private static IEnumerable<string> Letters()
    {
        var hidden = 0;
        for (var value = 0; value < 256; value++)
        {
            var isSeen = value is (>= 33 and <= 126) or (>= 161 and <= 172) or >= 174;
            yield return ((char)(isSeen ? value : 256 + hidden++)).ToString();
        }
    }

    private static void Write(string folder, string name, object value) =>
        File.WriteAllText(Path.Combine(folder, name), JsonSerializer.Serialize(value, _json));
}
