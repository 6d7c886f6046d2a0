using AiStack.Retrieval.OnnxModels;

namespace AiStack.Retrieval.Embedding;

/// <summary>
/// all-MiniLM-L6-v2, by whose states a text's pieces are compared: it was trained so that their mean is the text's
/// vector, and so each of them tells something.
/// </summary>
internal sealed class PieceModel(ModelFiles files) : IDisposable
{
    public const int Dimensions = 384;

    private volatile Loaded? _loaded;

    public bool IsLoaded => _loaded is not null;

    /// <summary>Reads the model into memory; on a machine's first time, that takes seconds. Called once.</summary>
    public void Load()
    {
        var (weights, vocabulary) = files.Read();
        _loaded = new(OnnxSession.Of(weights), WordPieces.Uncased(vocabulary));
    }

    /// <summary>The vectors of the text's first pieces, at most <paramref name="maxPieces"/>.</summary>
    public PieceVectors Read(string text, int maxPieces, CancellationToken cancellationToken)
    {
        var (session, tokenizer) = _loaded ?? throw new InvalidOperationException("The model is not loaded.");

        // The first and the last piece only say that a text begins and ends.
        var tokens = tokenizer.Encode(text, maxPieces + 2);
        var pieces = Math.Max(0, tokens.Ids.Length - 2);
        return session.Run(
            tokens,
            (states, _) => new PieceVectors(states.Slice(Dimensions, pieces * Dimensions), Dimensions),
            cancellationToken);
    }

    public void Dispose() => _loaded?.Session.Dispose();

    private sealed record Loaded(OnnxSession Session, WordPieces Tokenizer);
}
