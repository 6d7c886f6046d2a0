namespace AiStack.Console.Traces;

/// <summary>The marks of a ruler over a length of time.</summary>
internal static class TimeRuler
{
    private static readonly double[] _steps = [1, 2, 5];

    /// <summary>
    /// Round times, 1, 2 or 5 times a power of ten apart: at most <paramref name="most"/>, from the first
    /// in the length to its end.
    /// </summary>
    public static IReadOnlyList<TimeSpan> Marks(TimeSpan from, TimeSpan length, int most = 6)
    {
        if (length.Ticks <= 0)
        {
            return [from];
        }

        var step = Step(length, most);
        var first = (from.Ticks + step - 1) / step * step;
        var marks = new List<TimeSpan>();
        for (var mark = first; mark <= from.Ticks + length.Ticks && marks.Count < most; mark += step)
        {
            marks.Add(new(mark));
        }

        return marks;
    }

    private static long Step(TimeSpan length, int most)
    {
        var least = (double)length.Ticks / (most - 1);
        var power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        var step = _steps.Select(digit => digit * power).FirstOrDefault(step => step >= least, power * 10);
        return Math.Max(1, (long)Math.Ceiling(step));
    }
}
