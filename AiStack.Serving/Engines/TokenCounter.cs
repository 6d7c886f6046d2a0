using Microsoft.ML.Tokenizers;

namespace AiStack.Serving.Engines;

/// <summary>
/// Counts tokens as OpenAI's present models do (o200k_base). Another model's count differs by some percent, which
/// budgets leave room for.
/// </summary>
internal sealed class TokenCounter
{
    /// <summary>
    /// The longest piece that the tokenizer is given: its time grows with the square of a word's length, and 400,000
    /// letters without a space would keep a processor busy for a minute.
    /// </summary>
    private const int MaxPieceLength = 500;

    private readonly TiktokenTokenizer _tokenizer = TiktokenTokenizer.CreateForEncoding("o200k_base");

    public int Count(string text)
    {
        var count = 0;
        for (var start = 0; start < text.Length;)
        {
            var length = PieceLength(text.AsSpan(start));
            count += _tokenizer.CountTokens(text.AsSpan(start, length));
            start += length;
        }

        return count;
    }

    /// <summary>
    /// The longest beginning of <paramref name="text"/> that has at most <paramref name="maxTokens"/> tokens.
    /// </summary>
    public string Cut(string text, int maxTokens)
    {
        var left = maxTokens;
        var end = 0;
        while (end < text.Length && left > 0) // The tokenizer takes no limit of 0.
        {
            var piece = text.AsSpan(end, PieceLength(text.AsSpan(end)));
            var taken = _tokenizer.GetIndexByTokenCount(piece, left, out _, out var count);
            left -= count;
            end += taken;
            if (taken < piece.Length)
            {
                break;
            }
        }

        // A token can be a part of a character; half a surrogate pair is no text.
        return end > 0 && end < text.Length && char.IsHighSurrogate(text[end - 1]) ? text[..(end - 1)] : text[..end];
    }

    /// <summary>
    /// Up to a space, which begins a token anyway; within a word only when it is longer than a piece.
    /// </summary>
    private static int PieceLength(ReadOnlySpan<char> text)
    {
        if (text.Length <= MaxPieceLength)
        {
            return text.Length;
        }

        var space = text[..MaxPieceLength].LastIndexOf(' ');
        return space > 0 ? space : char.IsHighSurrogate(text[MaxPieceLength - 1]) ? MaxPieceLength - 1 : MaxPieceLength;
    }
}
