using System.Numerics.Tensors;
using System.Text;
using AiStack.Retrieval.Embedding;
using CsCheck;
using Xunit;

namespace AiStack.Tests.Retrieval.Embedding;

/// <summary>Vectors: how they are made, rounded and read.</summary>
public sealed class EmbeddingTests
{
    private static readonly Gen<float[]> _vectors = Gen.Float[-1, 1].Array[512];

    [Fact]
    public void The_dot_product_of_rounded_vectors_is_that_of_the_vectors_but_for_rounding() =>
        Gen.Select(_vectors, _vectors).Sample((a, b) =>
        {
            var (x, y) = (new sbyte[a.Length], new sbyte[b.Length]);
            var scale = Quantized.Write(a, x) * Quantized.Write(b, y);
            var dot = Quantized.Dot(x, y) * scale;
            return Math.Abs(dot - TensorPrimitives.Dot(a.AsSpan(), b)) < 0.5;
        });

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(33)]
    [InlineData(512)]
    public void A_dot_product_counts_every_element_whatever_the_length(int length)
    {
        var extreme = Enumerable.Repeat(sbyte.MinValue, length).ToArray();

        Assert.Equal(length * 128 * 128, Quantized.Dot(extreme, extreme));
    }

    [Fact]
    public async Task Texts_that_share_words_are_nearer_than_texts_that_do_not()
    {
        using var embedder = new BuiltinEmbedder(vectors: null);

        var texts = await embedder.GenerateAsync(
            ["the red bicycle", "a bicycle, red", "tax returns"],
            cancellationToken: TestContext.Current.CancellationToken);

        var (one, same, other) = (texts[0].Vector, texts[1].Vector, texts[2].Vector);
        Assert.True(TensorPrimitives.Dot(one.Span, same.Span) > 0.49);
        Assert.True(TensorPrimitives.Dot(one.Span, other.Span) < 0.2);
    }

    [Fact]
    public async Task A_text_without_words_has_a_direction_of_its_own()
    {
        using var embedder = new BuiltinEmbedder(vectors: null);

        var texts = await embedder.GenerateAsync(
            ["!!!", "!", "???", "   ", "", "the"], cancellationToken: TestContext.Current.CancellationToken);

        Assert.All(texts, text => Assert.Equal(0.5f, TensorPrimitives.SumOfSquares(text.Vector.Span), 3));
        Assert.Equal(0.5f, TensorPrimitives.Dot(texts[0].Vector.Span, texts[1].Vector.Span), 3);
        Assert.True(TensorPrimitives.Dot(texts[0].Vector.Span, texts[2].Vector.Span) < 0.4);
    }

    [Fact]
    public async Task A_text_without_words_is_no_error()
    {
        using var embedder = new BuiltinEmbedder(vectors: null);

        var texts = await embedder.GenerateAsync(
            ["", "…", "the"], cancellationToken: TestContext.Current.CancellationToken);

        Assert.All(texts, text => Assert.DoesNotContain(text.Vector.ToArray(), float.IsNaN));
    }

    [Fact]
    public void Words_are_read_from_json_that_is_larger_than_the_buffer()
    {
        var words = Enumerable.Range(0, 2_000).Select(i => $"word{i}").ToList();
        var json = new StringBuilder("""{"precision":5,"words":["word0"],"vectors":{""");
        json.AppendJoin(
            ',', words.Select((word, i) => $"\"{word}\":[{string.Join(',', Enumerable.Repeat($"{i}.5", 102))}]"));
        json.Append("""},"unkVector":[1,2,3]}""");
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json.ToString()));

        var read = VectorsJson.Read(stream).ToList();

        Assert.Equal(words, read.Select(entry => entry.Word));
        Assert.Equal(1999.5f, read[1999].Vector[0]);
    }

    [Fact]
    public void Word_vectors_are_read_back_as_they_were_written_but_for_rounding()
    {
        float[][] rows = [[.. Enumerable.Range(0, 100).Select(i => i / 1000f)], [.. Enumerable.Repeat(-0.1f, 100)]];
        using var stream = new MemoryStream();

        WordVectors.Write(stream, ["one", "two"], rows);
        stream.Position = 0;
        var read = WordVectors.Read(stream);

        Assert.Equal((0, 1, -1), (read.Rank("one"), read.Rank("two"), read.Rank("three")));
        Assert.Equal(TensorPrimitives.Dot<float>(rows[0], rows[1]), read.Cosine(0, 1), 0.01f);
    }
}
