using Microsoft.ML.Tokenizers;

namespace AiStack.TextAnalysis;

/// <summary>
/// Counts tokens as OpenAI's present models do (o200k_base): for the size of chunks, for prompts and for usage. Another
/// model's count differs by some percent, which budgets leave room for.
/// </summary>
public static class Tokens
{
    /// <summary>
    /// The longest piece that the tokenizer is given: its time grows with the square of a word's length, and 400,000
    /// letters without a space would keep a processor busy for a minute.
    /// </summary>
    private const int MaxPieceLength = 500;

    /// <summary>Some 50 MB, so that only who counts has it.</summary>
    private static readonly Lazy<TiktokenTokenizer> _tokenizer =
        new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));

    public static int Count(ReadOnlySpan<char> text)
    {
        var count = 0;
        for (var start = 0; start < text.Length;)
        {
            var length = PieceLength(text[start..]);
            count += _tokenizer.Value.CountTokens(text.Slice(start, length));
            start += length;
        }

        return count;
    }

    /// <summary>
    /// The longest beginning of <paramref name="text"/> that has at most <paramref name="maxTokens"/> tokens.
    /// </summary>
    public static string Cut(string text, int maxTokens) => text[..LengthOf(text, maxTokens)];

    /// <summary>How long that beginning is, in UTF-16 code units. No character is cut in two.</summary>
    public static int LengthOf(ReadOnlySpan<char> text, int maxTokens)
    {
        var left = maxTokens;
        var end = 0;
        while (end < text.Length && left > 0) // The tokenizer takes no limit of 0.
        {
            var piece = text.Slice(end, PieceLength(text[end..]));
            var taken = _tokenizer.Value.GetIndexByTokenCount(piece, left, out _, out var count);
            left -= count;
            end += taken;
            if (taken < piece.Length)
            {
                break;
            }
        }

        // A token can be a part of a character; half a surrogate pair is no text.
        return end > 0 && end < text.Length && char.IsHighSurrogate(text[end - 1]) ? end - 1 : end;
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
