using System.ComponentModel.DataAnnotations;

namespace AiStack.Serving.Engines.OpenAi;

/// <summary>
/// A model behind any server that speaks OpenAI's chat completions: OpenAI, Azure OpenAI, Ollama, vLLM, llama.cpp.
/// </summary>
internal sealed class OpenAiOptions
{
    public const string Section = "Serving:OpenAi";

    /// <summary>The server's address, <c>/v1</c> included. The default is OpenAI's own.</summary>
    public Uri Endpoint { get; set; } = new("https://api.openai.com/v1");

    /// <summary>What people call the server, for pages that name it: <c>Ollama</c>.</summary>
    [StringLength(64)]
    public string? Server { get; set; }

    /// <summary>The server's key. Servers on one's own machine mostly need none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The model, by the server's name for it. The engine is there only when this is set.</summary>
    public string? Model { get; set; }

    /// <summary>
    /// The model's context window. Prompts are kept within it: passages that do not fit are left out, worst first. The
    /// default is small, because servers cut a longer prompt silently, from its beginning, where the rules are.
    /// </summary>
    [Range(1_024, 10_000_000)]
    public int ContextTokens { get; set; } = 8_192;

    /// <summary>
    /// The field by which the server is told how long an answer may be: <c>max_completion_tokens</c>, <c>max_tokens</c>
    /// or <c>both</c>. Unset: the first for OpenAI and Azure, the second for all others, of which many know only that.
    /// </summary>
    [RegularExpression(
        "max_completion_tokens|max_tokens|both",
        ErrorMessage =
            "Serving:OpenAi:MaxTokensField must be 'max_completion_tokens', 'max_tokens' or 'both'.")]
    public string? MaxTokensField { get; set; }

    /// <summary>The longest answer when the request does not say.</summary>
    [Range(16, 1_000_000)]
    public int MaxOutputTokens { get; set; } = 1_024;

    /// <summary>
    /// Offer the model the function <c>file_search</c>, to search again by itself. Off for models that cannot call
    /// functions.
    /// </summary>
    public bool OffersSearch { get; set; } = true;

    /// <summary>How often the model may search by itself for one answer.</summary>
    [Range(1, 20)]
    public int MaxSearches { get; set; } = 3;

    /// <summary>
    /// What becomes of a sentence that the passages do not bear out: <c>Keep</c>, <c>Mark</c> or <c>Drop</c>. The
    /// default leaves the judgement to the reader, since one true sentence in ten is taken for a lie.
    /// </summary>
    [EnumDataType(typeof(UnsupportedSentences))]
    public UnsupportedSentences UnsupportedSentences { get; set; } = UnsupportedSentences.Mark;

    /// <summary>
    /// The most bytes that an answer of the server may have, with all that is around its words; a longer one is broken
    /// off as a failure. The default holds more than 100,000 tokens, each sent by itself, and keeps a server that never
    /// ends out of memory.
    /// </summary>
    [Range(1_024L, 1L << 30)]
    public long MaxAnswerBytes { get; set; } = 32L << 20;

    /// <summary>
    /// How often a request that failed before its first words is sent again. One that the server refused for now (429,
    /// 503) is not: the caller is told so.
    /// </summary>
    [Range(0, 10)]
    public int MaxRetries { get; set; } = 2;

    /// <summary>
    /// How long the server may be silent, before the first words or between them, until it counts as down.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:30:00")]
    public TimeSpan SilenceLimit { get; set; } = TimeSpan.FromMinutes(1);
}
