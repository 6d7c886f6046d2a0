using AiStack.Console.Frame;
using AiStack.Console.Usage;
using Microsoft.Extensions.Time.Testing;
using Microsoft.JSInterop;
using Xunit;

namespace AiStack.Tests.Console.Usage;

public sealed class UsageRangeTests
{
    private static readonly UsageRange _week = UsageRange.Of("week");

    [Fact]
    public async Task A_week_of_days_of_24_hours_is_asked_for_at_once()
    {
        var clock = await InOsloAsync(new(2026, 7, 10, 12, 0, 0, TimeSpan.Zero));

        var stretch = Assert.Single(_week.Stretches(clock));

        Assert.Equal(new UsageStretch(new(2026, 7, 4, 0, 0, 0, TimeSpan.FromHours(2)), "1d", 7), stretch);
    }

    [Theory]
    [InlineData("2026-10-28T12:00:00Z")]
    [InlineData("2026-10-28T22:30:00Z")]
    public async Task The_day_on_which_summer_time_ends_is_asked_for_with_its_25_hours(string now)
    {
        var clock = await InOsloAsync(DateTimeOffset.Parse(now, null));
        var (summer, winter) = (TimeSpan.FromHours(2), TimeSpan.FromHours(1));

        Assert.Equal(
            [
                new(new(2026, 10, 22, 0, 0, 0, summer), "1d", 3),
                new(new(2026, 10, 25, 0, 0, 0, summer), "all", 1, new(2026, 10, 26, 0, 0, 0, winter)),
                new(new(2026, 10, 26, 0, 0, 0, winter), "1d", 3),
            ],
            _week.Stretches(clock));
        Assert.Equal(_week.Stretches(clock)[0].Start, _week.Start(clock));
    }

    [Fact]
    public async Task The_last_hour_ends_with_the_minute_that_is_under_way()
    {
        var clock = await InOsloAsync(new(2026, 7, 10, 12, 34, 56, TimeSpan.Zero));

        var stretch = Assert.Single(UsageRange.Of("hour").Stretches(clock));

        Assert.Equal(new UsageStretch(new(2026, 7, 10, 11, 35, 0, TimeSpan.Zero), "1m", 60), stretch);
    }

    private static async Task<PersonalClock> InOsloAsync(DateTimeOffset now)
    {
        var clock = new PersonalClock(new FakeTimeProvider(now));
        await clock.LearnZoneAsync(new BrowserInOslo());
        return clock;
    }

    private sealed class BrowserInOslo : IJSObjectReference
    {
        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) =>
            ValueTask.FromResult((TValue)(object)"Europe/Oslo");

        public ValueTask<TValue> InvokeAsync<TValue>(
            string identifier, CancellationToken cancellationToken, object?[]? args) =>
            InvokeAsync<TValue>(identifier, args);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
