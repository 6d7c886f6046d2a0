using System.Text;

namespace AiStack.Retrieval.OnnxModels;

/// <summary>Takes texts apart as a model was trained to see them; for many callers at once.</summary>
internal interface ITextTokenizer
{
    /// <summary>The highest number of a piece: a model without it is another one's.</summary>
    long LastId { get; }

    /// <summary>Whether the pieces are of many languages, as far as their kind tells.</summary>
    bool IsMultilingual { get; }

    /// <summary>The text's beginning, of at most so many pieces.</summary>
    TokenIds Encode(string text, int maxTokens);

    /// <summary>Two texts for one look at both, of at most so many pieces; the first gets at most half.</summary>
    TokenIds EncodePair(string first, string second, int maxTokens);
}

internal static class Readable
{
    /// <summary>More than pieces have on average, so that a book is not taken apart for its first page.</summary>
    private const int CharactersPerToken = 32;

    /// <summary>The beginning, with U+FFFD for halves of characters, which tokenizers cannot normalise.</summary>
    public static string Beginning(string text, int maxTokens)
    {
        var beginning = text.Length <= CharactersPerToken * maxTokens ? text : text[..(CharactersPerToken * maxTokens)];
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(beginning));
    }
}
