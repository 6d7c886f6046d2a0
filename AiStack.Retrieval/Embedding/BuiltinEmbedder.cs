using AiStack.TextAnalysis;
using Microsoft.Extensions.AI;

namespace AiStack.Retrieval.Embedding;

/// <summary>
/// Vectors without a model: half of a text's vector is the weighted mean of its words' vectors (SIF; Arora, Liang, Ma:
/// "A Simple but Tough-to-Beat Baseline for Sentence Embeddings", ICLR 2017), half is its stems by signed hashing
/// (Weinberger et al.: "Feature Hashing for Large Scale Multitask Learning", ICML 2009). The dot product of two is half
/// the cosine of each. Without word vectors the second half serves alone. No text's vector is zero.
/// </summary>
internal sealed class BuiltinEmbedder(WordVectors? vectors) : IEmbeddingGenerator<string, Embedding<float>>
{
    public const int Dimensions = 512;

    private const int HashedDimensions = Dimensions - WordVectors.Dimensions;
    private const int HashesPerTerm = 3;

    /// <summary>
    /// The weight's constant, and the number of words in the list that the frequencies were ranked in.
    /// </summary>
    private const double A = 1e-4;
    private const double Vocabulary = 341_479;

    private static readonly double _harmonic = Math.Log(1.78 * Vocabulary);

    private readonly EmbeddingGeneratorMetadata _metadata =
        new(
            "aistack",
            defaultModelId: vectors is null ? "builtin-hash-1" : "builtin-glove-hash-1",
            defaultModelDimensions: Dimensions);

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values,
        EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        var embeddings = new GeneratedEmbeddings<Embedding<float>>();
        foreach (var value in values)
        {
            cancellationToken.ThrowIfCancellationRequested();
            embeddings.Add(new Embedding<float>(Embed(value)));
        }

        return Task.FromResult(embeddings);
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(EmbeddingGeneratorMetadata)
            ? _metadata
            : serviceType?.IsInstanceOfType(this) == true ? this : null;

    public void Dispose()
    {
        // Nothing to let go: the interface asks.
    }

    /// <summary>
    /// How much a word says, from 1 for one that is rare or unknown to almost 0 for "the":
    /// a / (a + p), p by Zipf's law.
    /// </summary>
    public double Weight(string form)
    {
        var rank = vectors?.Rank(form) ?? -1;
        return rank < 0 ? 1 : A / (A + (1 / ((rank + 2.7) * _harmonic)));
    }

    private float[] Embed(string text)
    {
        var vector = new float[Dimensions];
        var words = vector.AsSpan(0, WordVectors.Dimensions);
        var hashed = vector.AsSpan(WordVectors.Dimensions);
        var language = Languages.Of(text);
        foreach (var word in Words.In(text))
        {
            var rank = vectors?.Rank(word.Form) ?? -1;
            var weight = (float)Weight(word.Form);
            if (rank >= 0)
            {
                vectors!.AddTo(words, rank, weight);
            }

            if (language.TermOf(word.Form) is { IsStopWord: false } term)
            {
                AddHashed(hashed, term.Hash, weight);
            }
        }

        if (!vector.AsSpan().ContainsAnyExcept(0))
        {
            AddCharacters(hashed, text);
        }

        ScaleToHalf(words);
        ScaleToHalf(hashed);
        return vector;
    }

    /// <summary>What has no word that tells something, such as "!!!", is near what has the same characters.</summary>
    private static void AddCharacters(Span<float> hashed, string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            AddHashed(hashed, TermHash.Mix((uint)rune.Value), 1);
        }

        if (!hashed.ContainsAnyExcept(0))
        {
            hashed[0] = 1; // Nothing at all has a direction, too: a vector of length 0 has no cosine.
        }
    }

    private static void AddHashed(Span<float> hashed, uint term, float weight)
    {
        for (var i = 1u; i <= HashesPerTerm; i++)
        {
            var hash = TermHash.Mix(term + (i * 0x9E3779B9));
            hashed[(int)((hash >> 1) % HashedDimensions)] += (hash & 1) == 0 ? weight : -weight;
        }
    }

    private static void ScaleToHalf(Span<float> half)
    {
        var length = MathF.Sqrt(System.Numerics.Tensors.TensorPrimitives.SumOfSquares(half));
        if (length > 0)
        {
            System.Numerics.Tensors.TensorPrimitives.Multiply(half, MathF.Sqrt(0.5f) / length, half);
        }
    }
}
