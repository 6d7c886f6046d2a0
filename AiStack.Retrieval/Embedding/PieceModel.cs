using AiStack.Retrieval.OnnxModels;

namespace AiStack.Retrieval.Embedding;

/// <summary>
/// all-MiniLM-L6-v2, by whose states a text's pieces are compared: it was trained so that their mean is the text's
/// vector, and so each of them tells something. It is read at the first text, or before by <see cref="Load"/>.
/// </summary>
internal sealed class PieceModel(ModelFiles files) : IDisposable
{
    public const int Dimensions = 384;

    private readonly Lock _loading = new();
    private OnnxSession? _session;
    private WordPieces? _tokenizer;

    /// <summary>Reads the model, if it is not in memory; what fails is tried again by the next.</summary>
    public void Load()
    {
        lock (_loading)
        {
            if (_session is null)
            {
                var (weights, vocabulary) = files.Read();
                _tokenizer = WordPieces.Uncased(vocabulary);
                Volatile.Write(ref _session, OnnxSession.Of(weights));
            }
        }
    }

    /// <summary>The vectors of the text's first pieces, at most <paramref name="maxPieces"/>.</summary>
    public PieceVectors Read(string text, int maxPieces, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _session) is null)
        {
            Load();
        }

        // The first and the last piece only say that a text begins and ends.
        var tokens = _tokenizer!.Encode(text, maxPieces + 2);
        var pieces = Math.Max(0, tokens.Ids.Length - 2);
        return _session!.Run(
            tokens,
            (states, _) => new PieceVectors(states.Slice(Dimensions, pieces * Dimensions), Dimensions),
            cancellationToken);
    }

    public void Dispose() => _session?.Dispose();
}
