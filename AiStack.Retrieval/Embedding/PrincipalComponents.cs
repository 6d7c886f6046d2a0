namespace AiStack.Retrieval.Embedding;

/// <summary>
/// Takes out of word vectors what all have in common: the mean and the directions of most variance. What is left tells
/// words apart better (Mu, Viswanath: "All-but-the-Top", ICLR 2018, https://arxiv.org/abs/1702.01417).
/// </summary>
internal static class PrincipalComponents
{
    private const int Components = 2;
    private const int Iterations = 100;

    /// <summary>
    /// Changes <paramref name="rows"/>: less the mean and components of the first <paramref name="sample"/>, length 1.
    /// </summary>
    public static void Remove(IReadOnlyList<float[]> rows, int sample)
    {
        var dimensions = rows[0].Length;
        var count = Math.Min(sample, rows.Count);
        var mean = Mean(rows, count, dimensions);
        foreach (var row in rows)
        {
            for (var i = 0; i < dimensions; i++)
            {
                row[i] -= mean[i];
            }
        }

        var covariance = Covariance(rows, count, dimensions);
        for (var component = 0; component < Components; component++)
        {
            var direction = Largest(covariance, dimensions);
            foreach (var row in rows)
            {
                var dot = Dot(row, direction);
                for (var i = 0; i < dimensions; i++)
                {
                    row[i] -= (float)(dot * direction[i]);
                }
            }

            covariance = Covariance(rows, count, dimensions);
        }

        foreach (var row in rows)
        {
            var length = MathF.Sqrt(row.Sum(value => value * value));
            for (var i = 0; length > 0 && i < dimensions; i++)
            {
                row[i] /= length;
            }
        }
    }

    private static float[] Mean(IReadOnlyList<float[]> rows, int count, int dimensions)
    {
        var sum = new double[dimensions];
        for (var row = 0; row < count; row++)
        {
            for (var i = 0; i < dimensions; i++)
            {
                sum[i] += rows[row][i];
            }
        }

        return [.. sum.Select(value => (float)(value / count))];
    }

    private static double[,] Covariance(IReadOnlyList<float[]> rows, int count, int dimensions)
    {
        var covariance = new double[dimensions, dimensions];
        for (var row = 0; row < count; row++)
        {
            var values = rows[row];
            for (var i = 0; i < dimensions; i++)
            {
                for (var j = i; j < dimensions; j++)
                {
                    covariance[i, j] += values[i] * values[j];
                }
            }
        }

        for (var i = 0; i < dimensions; i++)
        {
            for (var j = 0; j < i; j++)
            {
                covariance[i, j] = covariance[j, i];
            }
        }

        return covariance;
    }

    /// <summary>The direction of most variance, by power iteration from a fixed start.</summary>
    private static double[] Largest(double[,] covariance, int dimensions)
    {
        var vector = Enumerable.Range(0, dimensions).Select(i => 1.0 + (i % 7)).ToArray();
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            var next = new double[dimensions];
            for (var i = 0; i < dimensions; i++)
            {
                for (var j = 0; j < dimensions; j++)
                {
                    next[i] += covariance[i, j] * vector[j];
                }
            }

            var length = Math.Sqrt(next.Sum(value => value * value));
            vector = [.. next.Select(value => value / length)];
        }

        return vector;
    }

    private static double Dot(float[] row, double[] direction)
    {
        var sum = 0.0;
        for (var i = 0; i < row.Length; i++)
        {
            sum += row[i] * direction[i];
        }

        return sum;
    }
}
