using System.Text;
using AiStack.Retrieval.Embedding;

namespace AiStack.Retrieval.Search;

/// <summary>
/// Common words of English, some twenty thousand: those that the arctic model's vocabulary has whole. None where the
/// package is not beside the program.
/// </summary>
internal sealed class EnglishWords
{
    /// <summary>Pieces that are shorter are syllables.</summary>
    private const int LeastLetters = 3;

    private readonly Lazy<Dictionary<string, int>> _ranks = new(Read);

    /// <summary>The words and their places in the vocabulary: the more frequent ones come earlier.</summary>
    public IReadOnlyDictionary<string, int> Ranks => _ranks.Value;

    private static Dictionary<string, int> Read()
    {
        var package = ModelPackage.BesideTheProgram(PackagedModel.Arctic);
        var pieces = package.IsThere ? Encoding.UTF8.GetString(package.ReadVocabulary()) : "";
        return pieces.Split('\n', StringSplitOptions.TrimEntries).Index()
            .Where(piece => piece.Item.Length >= LeastLetters && piece.Item.All(char.IsAsciiLetterLower))
            .DistinctBy(piece => piece.Item)
            .ToDictionary(piece => piece.Item, piece => piece.Index, StringComparer.Ordinal);
    }
}
