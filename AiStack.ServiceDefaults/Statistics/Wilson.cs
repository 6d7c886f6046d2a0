namespace AiStack.ServiceDefaults.Statistics;

/// <summary>
/// The score interval of a proportion. Unlike the textbook interval it stays inside 0..1 and does not collapse to a
/// point at 0% or 100%, which small datasets reach often.
/// </summary>
/// <remarks>
/// E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), 209-212;
/// method 3 in R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17
/// (1998), 857-872.
/// </remarks>
public static class Wilson
{
    public const string Method = "wilson";

    public static Interval Of(int successes, int trials)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(trials);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);

        var p = (double)successes / trials;
        var zz = Interval.Z * Interval.Z;
        var centre = p + (zz / (2 * trials));
        var spread = Interval.Z * Math.Sqrt((p * (1 - p) / trials) + (zz / (4.0 * trials * trials)));
        var scale = 1 + (zz / trials);

        // At 0% and 100% rounding would leave the bound a hair past the end it equals exactly.
        var low = successes == 0 ? 0 : (centre - spread) / scale;
        var high = successes == trials ? 1 : (centre + spread) / scale;
        return new(low, high, Method);
    }
}
