using System.Numerics.Tensors;
using AiStack.Retrieval.OnnxModels;

namespace AiStack.Retrieval.Embedding;

/// <summary>How the states of a text's pieces become its vector.</summary>
internal enum Pooling
{
    /// <summary>The state of the first piece stands for the text.</summary>
    Cls,

    /// <summary>The mean of all states does.</summary>
    Mean,
}

/// <summary>A model of sentences in memory, for as many callers at once as there are.</summary>
internal sealed class EmbeddingModel(
    OnnxSession session, ITextTokenizer tokenizer, Pooling pooling, int dimensions, int maxTokens) : IDisposable
{
    /// <summary>
    /// The vector of the text's beginning, of length 1. A model that makes none is a
    /// <see cref="ModelRefusedException"/>.
    /// </summary>
    public float[] Embed(string text) => Embed(tokenizer.Encode(text, maxTokens));

    /// <summary>The vector of pieces that are chosen already.</summary>
    public float[] Embed(TokenIds tokens) => session.Run(tokens, (states, shape) =>
    {
        if (shape is not [1, var pieces, var width] || pieces != tokens.Ids.Length || width != dimensions)
        {
            throw session.Refused(
                $"says [{string.Join(", ", shape.ToArray())}] of {tokens.Ids.Length} pieces; "
                + $"expected is [1, {tokens.Ids.Length}, {dimensions}]: batch, pieces, dimensions");
        }

        var vector = states[..dimensions].ToArray();
        for (var piece = 1; pooling == Pooling.Mean && piece < pieces; piece++)
        {
            TensorPrimitives.Add(vector, states.Slice(piece * dimensions, dimensions), vector);
        }

        return Normalised(vector);
    });

    public void Dispose() => session.Dispose();

    private float[] Normalised(float[] vector)
    {
        var length = TensorPrimitives.Norm<float>(vector);
        if (!float.IsFinite(length) || length <= 0)
        {
            throw session.Refused("made a vector with NaN, or none but zeros: each number must be finite");
        }

        TensorPrimitives.Divide(vector, length, vector);
        return vector;
    }
}
