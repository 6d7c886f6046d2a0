using AiStack.Retrieval.Embedding;
using AiStack.Retrieval.Indexing;
using CsCheck;
using Xunit;

namespace AiStack.Tests.Retrieval.Indexing;

/// <summary>Vectors by columns, held against vectors by rows.</summary>
public sealed class VectorColumnsTests
{
    private const int Dimensions = 37;

    private static readonly Gen<sbyte> _values = Gen.Frequency(
        (3, Gen.Const((sbyte)0)),
        (1, Gen.OneOfConst((sbyte)-127, (sbyte)127)),
        (2, Gen.Int[-127, 127].Select(value => (sbyte)value)));

    private static readonly Gen<sbyte[]> _vectors = _values.Array[Dimensions];

    [Fact]
    public void Every_vector_has_its_own_dot_product_whatever_the_query_leaves_out() =>
        Gen.Select(_vectors.Array[1, 70], _vectors).Sample((rows, query) =>
            Scores(rows, query).SequenceEqual(rows.Select((row, i) => Quantized.Dot(row, query) * Scale(i) * 0.5f)));

    [Fact]
    public void The_largest_products_do_not_overflow_in_a_full_store_of_several_blocks()
    {
        var row = Enumerable.Repeat((sbyte)-127, Dimensions).ToArray();
        var rows = Enumerable.Repeat(row, 9_000).ToArray();

        var scores = Scores(rows, row);

        Assert.Equal(rows.Select((_, i) => 127 * 127 * Dimensions * Scale(i) * 0.5f), scores);
    }

    [Fact]
    public void A_query_of_another_length_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Scores([new sbyte[Dimensions]], new sbyte[Dimensions + 1]));

    private static float Scale(int row) => 1f / (row + 1);

    private static float[] Scores(sbyte[][] rows, sbyte[] query)
    {
        var columns = new VectorColumns(Dimensions);
        foreach (var (i, row) in rows.Index())
        {
            columns.Add(row, Scale(i));
        }

        var scores = new float[rows.Length];
        columns.Score(query, 0.5f, scores);
        return scores;
    }
}
