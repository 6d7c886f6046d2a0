namespace AiStack.ServiceDefaults.Statistics;

/// <summary>
/// A range that holds the true value in 95 of 100 repetitions of the experiment, and how it was found.
/// </summary>
public readonly record struct Interval(double Low, double High, string Method)
{
    /// <summary>The standard normal quantile at 0.975, which makes an interval one of 95%.</summary>
    public const double Z = 1.959963984540054;
}
