using AiStack.Contracts;
using AiStack.Evals.Metrics;

namespace AiStack.Evals.Comparison;

/// <summary>Two runs of the same questions side by side.</summary>
/// <param name="DatasetSha256">The hash of the items that both runs were asked.</param>
/// <param name="Items">How many items the dataset has.</param>
/// <param name="Pairs">How many of them both runs answered: only these are compared.</param>
internal sealed record ComparisonView(
    ComparisonView.Side Baseline,
    ComparisonView.Side Candidate,
    string DatasetSha256,
    int Items,
    int Pairs,
    IReadOnlyDictionary<string, ComparisonView.Difference> Metrics)
{
    public string Object { get; } = "eval.comparison";

    /// <summary>The share of repetitions in which an interval holds the true difference.</summary>
    public double Confidence { get; } = 0.95;

    /// <summary>One of the two runs.</summary>
    /// <param name="Errored">Its items that ended in an error, and so have no pair.</param>
    internal sealed record Side(Id<EvalRun> RunId, string Name, string Model, int Errored);

    /// <summary>One metric of both runs over the same items. Without zero between low and high, they differ.</summary>
    /// <param name="McnemarP">Of a yes-or-no metric, the exact two-sided p-value of no difference.</param>
    internal sealed record Difference(
        double Baseline,
        double Candidate,
        [property: System.Text.Json.Serialization.JsonPropertyName("difference")] double Value,
        double Low,
        double High,
        string Interval,
        int Pairs,
        double? McnemarP,
        string Better)
    {
        public static Difference Of(PairedDifference paired) => new(
            paired.Baseline,
            paired.Candidate,
            paired.Difference,
            paired.Interval.Low,
            paired.Interval.High,
            paired.Interval.Method,
            paired.Pairs,
            paired.McNemarP,
            paired.Metric.HigherIsBetter ? "higher" : "lower");
    }
}
