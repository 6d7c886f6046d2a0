using AiStack.Retrieval.OnnxModels;

namespace AiStack.Retrieval.Embedding;

/// <summary>
/// Sentences by a small model, made for English, whose weights come with a package. Its files are made when it is
/// loaded.
/// </summary>
internal sealed class ArcticEmbedder(ModelFiles files)
    : LocalEmbedder(new("aistack", null, "snowflake-arctic-embed-xs-int8", Dimensions), isMultilingual: false)
{
    /// <summary>What the model was trained to see before a question, and not before a passage.</summary>
    public const string QueryPrefix = "Represent this sentence for searching relevant passages: ";

    public const int Dimensions = 384;

    /// <summary>What comes later in a text is not seen: the model has no more positions.</summary>
    public const int MaxTokens = 512;

    protected override EmbeddingModel Load()
    {
        var (weights, vocabulary) = files.Read();
        return new(OnnxSession.Of(weights), WordPieces.Uncased(vocabulary), Pooling.Cls, Dimensions, MaxTokens);
    }
}
