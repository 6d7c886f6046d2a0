using AiStack.Console.Metrics;
using Xunit;

namespace AiStack.Tests.Console.Metrics;

public sealed class MetricViewTests
{
    [Fact]
    public void An_address_shows_again_what_it_was_made_of()
    {
        var view = new MetricView
        {
            Instrument = new("gateway", "My Meter", "http.server.request.duration"),
            Window = TimeSpan.FromHours(1),
            SplitBy = "http.route",
            Measure = MetricMeasure.P99,
            Pins = [new("serving", "", "a.b")],
        }.With("status", "200", true).With("status", "50=3", true).With("key", "", true);

        var read = MetricView.Parse(new Uri($"http://console/{view.Address}").Query);

        Assert.Equal((view.Instrument, view.Window), (read.Instrument, read.Window));
        Assert.Equal(("http.route", MetricMeasure.P99), (read.SplitBy, read.Measure));
        Assert.Equal(["200", "50=3"], read.Where["status"]);
        Assert.Equal([""], read.Where["key"]);
        Assert.Equal(view.Pins, read.Pins);
        Assert.Equal(view.Address, read.Address);
    }

    [Fact]
    public void A_marked_stretch_is_in_the_address()
    {
        var from = new DateTimeOffset(2026, 11, 24, 12, 0, 0, 500, TimeSpan.Zero);
        var view = new MetricView { Stretch = (from, from.AddMinutes(2)) };

        Assert.Equal(view.Stretch, MetricView.Parse($"?{view.Address.Split('?')[1]}").Stretch);
    }

    [Theory]
    [InlineData("?window=never&show=p100&where=nonsense&where==x&pin=a|b&from=1e99&to=now&split=%20")]
    [InlineData("?from=200&to=100&service=gateway")]
    [InlineData("")]
    public void What_an_address_gets_wrong_is_left_out(string query)
    {
        var view = MetricView.Parse(query);

        Assert.Equal("metrics", view.Address);
    }

    [Fact]
    public void A_value_that_is_not_chosen_any_more_leaves_no_condition()
    {
        var view = new MetricView().With("status", "200", true);

        Assert.Empty(view.With("status", "200", false).Where);
        Assert.Empty(view.WithOnly("status", []).Where);
    }

    [Fact]
    public void More_pins_than_fit_are_left_out() =>
        Assert.Equal(
            MetricView.MaxPins,
            MetricView.Parse("?" + string.Join('&', Enumerable.Range(0, 50).Select(i => $"pin=s|m|{i}"))).Pins.Count);

    [Theory]
    [InlineData(1, 5)]
    [InlineData(15, 10)]
    [InlineData(60, 30)]
    [InlineData(60 * 24, 600)]
    [InlineData(60 * 24 * 365, 1_800)]
    public void Buckets_are_as_long_as_a_chart_can_show(int minutes, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), MetricWindows.Step(TimeSpan.FromMinutes(minutes)));

    [Fact]
    public void Every_window_has_a_name_that_is_read_again()
    {
        foreach (var (name, _, length) in MetricWindows.All)
        {
            Assert.Equal((length, name), (MetricWindows.Parse(name), MetricWindows.Name(length)));
        }

        Assert.Null(MetricWindows.Parse(MetricWindows.Kept));
    }
}
