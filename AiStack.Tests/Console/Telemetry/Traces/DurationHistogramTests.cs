using AiStack.Console.Telemetry.Traces;
using CsCheck;
using Xunit;

namespace AiStack.Tests.Console.Telemetry.Traces;

public sealed class DurationHistogramTests
{
    [Fact]
    public void Every_trace_is_in_the_one_bin_that_its_duration_is_in_and_the_bins_have_no_gaps() =>
        Gen.Long[0, 2_000_000_000_000].Array[1, 50].Sample(ticks =>
        {
            var bins = DurationHistogram.Of(ticks.Select(Trace)).Bins;

            Assert.All(bins, bin =>
                Assert.Equal(ticks.Count(tick => tick >= bin.From.Ticks && tick < bin.To.Ticks), bin.Count));
            Assert.Equal(ticks.Length, bins.Sum(bin => bin.Count));
            Assert.All(bins.Zip(bins.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
            Assert.True(bins[0].Count > 0 && bins[^1].Count > 0);
        });

    [Fact]
    public void No_traces_have_no_bins() => Assert.Empty(DurationHistogram.Of([]).Bins);

    private static TraceSummary Trace(long ticks) =>
        new() { TraceId = "", Name = "", Service = "", Services = [], Duration = new(ticks) };
}
