using System.Numerics.Tensors;

namespace AiStack.Retrieval.Embedding;

/// <summary>The vectors of a text's word pieces, each as the piece is meant in its text.</summary>
internal sealed class PieceVectors
{
    private readonly int _dimensions;
    private readonly sbyte[] _values;
    private readonly float[] _scales;

    /// <param name="states">A row of <paramref name="dimensions"/> numbers for each piece.</param>
    public PieceVectors(ReadOnlySpan<float> states, int dimensions)
    {
        _dimensions = dimensions;
        _values = new sbyte[states.Length];
        _scales = new float[states.Length / dimensions];
        for (var piece = 0; piece < _scales.Length; piece++)
        {
            var row = states.Slice(piece * dimensions, dimensions);
            var length = TensorPrimitives.Norm(row);
            var scale = Quantized.Write(row, _values.AsSpan(piece * dimensions, dimensions));
            _scales[piece] = float.IsFinite(length) && length > 0 ? scale / length : 0;
        }
    }

    public int SizeBytes => _values.Length + (_scales.Length * sizeof(float));

    /// <summary>
    /// How well a text has what these pieces mean, -1 to 1: the mean, over these, of the cosine of the nearest of the
    /// text's (MaxSim of Khattab, Zaharia: "ColBERT", 2020).
    /// </summary>
    public double In(PieceVectors text)
    {
        if (_scales.Length == 0 || text._scales.Length == 0)
        {
            return 0;
        }

        var sum = 0.0;
        for (var piece = 0; piece < _scales.Length; piece++)
        {
            var nearest = float.NegativeInfinity;
            for (var other = 0; other < text._scales.Length; other++)
            {
                nearest = Math.Max(nearest, Quantized.Dot(Row(piece), text.Row(other)) * text._scales[other]);
            }

            sum += nearest * _scales[piece];
        }

        return sum / _scales.Length;
    }

    private ReadOnlySpan<sbyte> Row(int piece) => _values.AsSpan(piece * _dimensions, _dimensions);
}
