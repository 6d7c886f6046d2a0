using AiStack.ServiceDefaults.Statistics;
using AiStack.Evals.Metrics;
using CsCheck;
using Xunit;

namespace AiStack.Tests.Evals.Metrics;

public sealed class PairedDifferenceTests
{
    /// <summary>100 questions: 59 right in both, 6 only in the first, 16 only in the second, 19 in neither.</summary>
    [Fact]
    public void Counts_worked_by_hand_are_reproduced()
    {
        var (baseline, candidate) = Runs(both: 59, onlyBaseline: 6, onlyCandidate: 16, neither: 19);

        var recall = PairedDifference.Of(baseline, candidate).Single(paired => paired.Metric.Name == "recall_at_5");

        Assert.Equal(0.65, recall.Baseline, 1e-12);
        Assert.Equal(0.75, recall.Candidate, 1e-12);
        Assert.Equal(0.10, recall.Difference, 1e-12);
        Assert.Equal(100, recall.Pairs);
        Assert.Equal(2.0 * 110_056 / 4_194_304, recall.McNemarP!.Value, 1e-12);

        // The normal approximation of the paired difference: 0.10 -+ 1.96 sqrt(22 - 10^2/100)/100 = 0.010 to 0.190.
        Assert.Equal(0.010, recall.Interval.Low, 0.02);
        Assert.Equal(0.190, recall.Interval.High, 0.02);
    }

    [Fact]
    public void Pairing_sees_a_difference_that_two_separate_intervals_would_hide()
    {
        var (baseline, candidate) = Runs(both: 50, onlyBaseline: 0, onlyCandidate: 8, neither: 42);

        var recall = PairedDifference.Of(baseline, candidate).Single(paired => paired.Metric.Name == "recall_at_5");

        Assert.True(recall.Interval.Low > 0);
        Assert.True(Wilson.Of(50, 100).High > Wilson.Of(58, 100).Low);
    }

    [Fact]
    public void A_run_compared_with_itself_does_not_differ() =>
        Observations.Run.Sample(
            run => PairedDifference.Of(run, run).All(paired =>
                paired.Difference == 0 && paired.Interval is { Low: 0, High: 0 } && paired.McNemarP is null or 1),
            iter: 30);

    [Fact]
    public void Swapping_the_runs_turns_the_difference_around() =>
        Gen.Select(Observations.Run, Observations.Run).Sample(
            (first, second) =>
            {
                var there = PairedDifference.Of(first, second);
                var back = PairedDifference.Of(second, first);
                return there.Zip(back).All(pair =>
                    Math.Abs(pair.First.Difference + pair.Second.Difference) < 1e-9
                    && Math.Abs(pair.First.Interval.Low + pair.Second.Interval.High) < 1e-9
                    && pair.First.McNemarP == pair.Second.McNemarP);
            },
            iter: 30);

    [Fact]
    public void Only_items_that_both_runs_answered_are_compared()
    {
        var (baseline, candidate) = Runs(both: 10, onlyBaseline: 0, onlyCandidate: 0, neither: 0);

        var paired = PairedDifference.Of(baseline[..6], candidate[4..]);

        Assert.All(paired, metric => Assert.Equal(2, metric.Pairs));
    }

    [Fact]
    public void Runs_with_no_item_in_common_have_nothing_to_compare()
    {
        var (baseline, candidate) = Runs(both: 4, onlyBaseline: 0, onlyCandidate: 0, neither: 0);

        Assert.Empty(PairedDifference.Of(baseline[..2], candidate[2..]));
    }

    private static (Observation[] Baseline, Observation[] Candidate) Runs(
        int both, int onlyBaseline, int onlyCandidate, int neither)
    {
        (bool, bool)[] outcomes =
        [
            .. Enumerable.Repeat((true, true), both),
            .. Enumerable.Repeat((true, false), onlyBaseline),
            .. Enumerable.Repeat((false, true), onlyCandidate),
            .. Enumerable.Repeat((false, false), neither),
        ];
        return (
            [.. outcomes.Select((outcome, i) => Item(i, outcome.Item1))],
            [.. outcomes.Select((outcome, i) => Item(i, outcome.Item2))]);
    }

    private static Observation Item(int ordinal, bool isFound) =>
        new(ordinal, true, isFound ? 1 : null, isFound, isFound, isFound, false, TimeSpan.FromSeconds(1), 10, 10);
}
