using AiStack.Retrieval.OnnxModels;

namespace AiStack.Retrieval.Reranking;

/// <summary>A model of pairs of texts in memory, for as many callers at once as there are.</summary>
internal sealed class CrossEncoder : IDisposable
{
    /// <summary>The longest pair that is tried when a model is loaded, to see that it has the positions.</summary>
    private const int MaxTriedTokens = 512;

    private readonly OnnxSession _session;
    private readonly ITextTokenizer _tokenizer;
    private readonly int _maxTokens;

    private CrossEncoder(OnnxSession session, ITextTokenizer tokenizer, int maxTokens) =>
        (_session, _tokenizer, _maxTokens) = (session, tokenizer, maxTokens);

    /// <summary>
    /// Loads the folder's model, and tries it; what is missing or wrong is a <see cref="ModelRefusedException"/>.
    /// </summary>
    public static CrossEncoder Load(ModelFolder folder)
    {
        var tokenizer = TokenizerFolder.Read(folder);
        var maxTokens = folder.TokensOfText();
        var model = new CrossEncoder(OnnxSession.Open(folder, "logits"), tokenizer, maxTokens);
        try
        {
            model.Score(TokenIds.OfTwo([0, tokenizer.LastId], [tokenizer.LastId]), CancellationToken.None);
            var longest = Math.Min(maxTokens, MaxTriedTokens);
            var text = string.Concat(Enumerable.Repeat("a ", longest));
            model.Score(tokenizer.EncodePair(text, text, longest), CancellationToken.None);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>
    /// How well the passage answers the query: any number, more for better. Cancelled, it ends within the run.
    /// </summary>
    public float Score(string query, string passage, CancellationToken cancellationToken) =>
        Score(_tokenizer.EncodePair(query, passage, _maxTokens), cancellationToken);

    public void Dispose() => _session.Dispose();

    private float Score(TokenIds pair, CancellationToken cancellationToken) => _session.Run(
        pair,
        (values, shape) =>
        {
            if (values.Length != 1)
            {
                throw _session.Refused(
                    $"says [{string.Join(", ", shape.ToArray())}] of a pair of texts; expected is one number: [1, 1]");
            }

            return float.IsFinite(values[0])
                ? values[0]
                : throw _session.Refused($"says {values[0]} of a pair of texts: a number must be finite");
        },
        cancellationToken);
}
