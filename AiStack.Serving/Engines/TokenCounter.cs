using Microsoft.ML.Tokenizers;

namespace AiStack.Serving.Engines;

/// <summary>
/// Counts tokens as OpenAI's present models do (o200k_base). Another model's count differs by some percent, which
/// budgets leave room for.
/// </summary>
internal sealed class TokenCounter
{
    private readonly TiktokenTokenizer _tokenizer = TiktokenTokenizer.CreateForEncoding("o200k_base");

    public int Count(string text) => _tokenizer.CountTokens(text);

    /// <summary>
    /// The longest beginning of <paramref name="text"/> that has at most <paramref name="maxTokens"/> tokens.
    /// </summary>
    public string Cut(string text, int maxTokens) =>
        text[.._tokenizer.GetIndexByTokenCount(text, maxTokens, out _, out _)];
}
