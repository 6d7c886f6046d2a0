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
    public string Cut(string text, int maxTokens)
    {
        if (maxTokens <= 0)
        {
            return ""; // The tokenizer takes no such limit.
        }

        var end = _tokenizer.GetIndexByTokenCount(text, maxTokens, out _, out _);

        // A token can be a part of a character; half a surrogate pair is no text.
        return end > 0 && end < text.Length && char.IsHighSurrogate(text[end - 1]) ? text[..(end - 1)] : text[..end];
    }
}
