using System.Text.Json;
using System.Text.Json.Nodes;

namespace AiStack.Retrieval.OnnxModels;

/// <summary>Finds out how a model's folder wants texts taken apart.</summary>
internal static class TokenizerFolder
{
    public const string Description = "tokenizer.json";
    public const string Vocabulary = "vocab.txt";
    private const string SentencePiece = "sentencepiece.bpe.model";

    /// <summary>What the tokenizer is made from, of which another makes other vectors.</summary>
    public static string FileOf(ModelFolder folder) =>
        new[] { Description, Vocabulary, SentencePiece }.FirstOrDefault(folder.Has)
        ?? throw new ModelRefusedException(
            $"{folder.Path} has none of {Description}, {Vocabulary} and {SentencePiece}");

    /// <summary>What is missing or wrong is a <see cref="ModelRefusedException"/>.</summary>
    public static ITextTokenizer Read(ModelFolder folder)
    {
        var file = FileOf(folder);
        folder.Require(file);
        try
        {
            return file switch
            {
                Description => Described(folder),
                Vocabulary => WordPieces.FromVocabulary(File.ReadLines(folder.PathOf(file)), folder.Configuration()),
                _ => UnigramPieces.FromModel(File.ReadAllBytes(folder.PathOf(file))),
            };
        }
        catch (Exception exception) when (exception is not (ModelRefusedException or OutOfMemoryException))
        {
            // Libraries and JSON have a dozen ways to say that a file is not what it should be.
            throw new ModelRefusedException($"{file} cannot be used: {exception.Message}", exception);
        }
    }

    private static ITextTokenizer Described(ModelFolder folder)
    {
        var description = folder.ReadJson(Description)
            ?? throw new JsonException("it is empty");
        return description["model"]?["type"]?.GetValue<string>() switch
        {
            "Unigram" => UnigramPieces.FromDescription(description),
            "WordPiece" or null => WordPieces.FromDescription(description, folder.Configuration()),
            var other => throw new ModelRefusedException(
                $"the model '{other}' of {Description} is neither WordPiece nor Unigram"),
        };
    }

    private static JsonObject Configuration(this ModelFolder folder) =>
        folder.ReadJson("tokenizer_config.json") ?? [];
}
