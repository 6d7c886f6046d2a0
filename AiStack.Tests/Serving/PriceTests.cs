using AiStack.Serving.Costs;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiStack.Tests.Serving;

public sealed class PriceTests
{
    private static readonly Price _dear = new(Input: 2, CachedInput: 0.5m, Output: 8, "USD");

    [Fact]
    public void Input_cached_input_and_output_each_have_their_price()
    {
        var usage = new UsageDetails { InputTokenCount = 1_000, CachedInputTokenCount = 400, OutputTokenCount = 100 };

        Assert.Equal(((600 * 2) + (400 * 0.5m) + (100 * 8)) / 1_000_000, _dear.Of(usage));
    }

    [Fact]
    public void What_tokens_cost_that_nobody_counted_is_unknown_and_not_nothing()
    {
        Assert.Null(_dear.Of(new() { InputTokenCount = 1_000 }));
        Assert.Null(_dear.Of(new()));
    }

    [Fact]
    public void What_is_free_costs_nothing_however_much_it_was() =>
        Assert.Equal(0, new Price(0, 0, 0, "USD").Of(new()));

    [Fact]
    public void A_server_that_counts_more_cached_input_than_input_is_not_paid_for_it()
    {
        var usage = new UsageDetails { InputTokenCount = 10, CachedInputTokenCount = 1_000, OutputTokenCount = 0 };

        Assert.Equal(10 * 0.5m / 1_000_000, _dear.Of(usage));
    }
}
