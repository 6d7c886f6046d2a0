namespace AiStack.Evals.Metrics;

/// <summary>How a metric makes one number of many items.</summary>
internal enum MetricKind
{
    /// <summary>The share of items for which the value is 1.</summary>
    Proportion,

    /// <summary>The mean of the values.</summary>
    Mean,

    /// <summary>A quantile of the values.</summary>
    Quantile,
}

/// <summary>One measure of a run: the value it takes of each item, and what is made of the values.</summary>
/// <param name="Name">Its name in the API.</param>
/// <param name="Kind">How the items' values become one number.</param>
/// <param name="Of">An item's value; null where the metric does not apply to the item.</param>
/// <param name="HigherIsBetter">Which way is better.</param>
/// <param name="Probability">Of a quantile, which one.</param>
internal sealed record Metric(
    string Name, MetricKind Kind, Func<Observation, double?> Of, bool HigherIsBetter, double Probability = 0)
{
    /// <summary>How many results recall looks at: what a reader looks at, and a small prompt holds.</summary>
    public const int RecallDepth = 5;

    /// <summary>How many results the reciprocal rank looks at: all that a run asks the search for.</summary>
    public const int RankDepth = 10;

    /// <summary>Every metric of a run, in the order in which reports show them.</summary>
    /// <remarks>
    /// With one expected source an item, recall at k is the share of items whose source is among the first k results;
    /// the reciprocal rank is 1/rank of the source, 0 when it is not among the first ten (E. M. Voorhees, "The TREC-8
    /// question answering track report", 1999). "Answer contained" compares words after the normalisation in
    /// <see cref="Answers.ExpectedAnswer"/>. A refusal is right where the dataset says unanswerable, wrong elsewhere.
    /// </remarks>
    public static IReadOnlyList<Metric> All { get; } =
    [
        new($"recall_at_{RecallDepth}", MetricKind.Proportion, Recall, true),
        new($"mrr_at_{RankDepth}", MetricKind.Mean, ReciprocalRank, true),
        new("first_citation_right", MetricKind.Proportion, item => WithSource(item, item.FirstCitationRight), true),
        new("any_citation_right", MetricKind.Proportion, item => WithSource(item, item.AnyCitationRight), true),
        new("answer_contained", MetricKind.Proportion, item => Share(item.AnswerContained), true),
        new("refusals_right", MetricKind.Proportion, item => item.Answerable ? null : Share(item.Refused), true),
        new("refusals_wrong", MetricKind.Proportion, item => WithSource(item, item.Refused), false),
        new("latency_p50_seconds", MetricKind.Quantile, item => item.Latency.TotalSeconds, false, Probability: 0.50),
        new("latency_p99_seconds", MetricKind.Quantile, item => item.Latency.TotalSeconds, false, Probability: 0.99),
        new("input_tokens", MetricKind.Mean, item => item.InputTokens, false),
        new("output_tokens", MetricKind.Mean, item => item.OutputTokens, false),
    ];

    private static double? WithSource(Observation item, bool value) => item.Answerable ? Share(value) : null;

    private static double? Recall(Observation item) => WithSource(item, item.SourceRank <= RecallDepth);

    private static double? ReciprocalRank(Observation item) => item switch
    {
        { Answerable: false } => null,
        { SourceRank: { } rank and <= RankDepth } => 1.0 / rank,
        _ => 0,
    };

    private static double? Share(bool? value) => value is { } known ? (known ? 1 : 0) : null;
}
