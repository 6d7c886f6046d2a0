using AiStack.Console.Telemetry.View;
using AiStack.Console.Traces;
using CsCheck;
using Xunit;

namespace AiStack.Tests.Console.Traces;

/// <summary>Times on rulers, in fields and in addresses.</summary>
public sealed class TimeRulerTests
{
    [Fact]
    public void Marks_are_within_the_ruler_evenly_apart_and_at_most_six() =>
        Gen.Select(Gen.Long[0, TimeSpan.TicksPerHour], Gen.Long[1, TimeSpan.TicksPerDay]).Sample((from, length) =>
        {
            var marks = TimeRuler.Marks(new(from), new(length));

            Assert.InRange(marks.Count, 1, 6);
            Assert.All(marks, mark => Assert.InRange(mark.Ticks, from, from + length));
            Assert.True(marks.Zip(marks.Skip(1), (one, next) => next - one).Distinct().Count() <= 1);
        });

    [Fact]
    public void A_ruler_of_no_length_has_one_mark() =>
        Assert.Equal([TimeSpan.Zero], TimeRuler.Marks(TimeSpan.Zero, TimeSpan.Zero));

    [Theory]
    [InlineData("250", 250)]
    [InlineData("250ms", 250)]
    [InlineData(" 1.5 s ", 1_500)]
    [InlineData("2 min", 120_000)]
    [InlineData("2m", 120_000)]
    [InlineData("500us", 0.5)]
    [InlineData("500µs", 0.5)]
    [InlineData("1h", 3_600_000)]
    public void A_length_of_time_is_read_as_people_write_it(string text, double milliseconds)
    {
        Assert.True(TimeText.TryParse(text, out var time));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), time);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("-5ms")]
    [InlineData("1e9s")]
    [InlineData("5 lightyears")]
    [InlineData("99999999999999999999999999d")]
    [InlineData("1001d")]
    public void What_is_no_length_of_time_is_refused(string? text) => Assert.False(TimeText.TryParse(text, out _));

    [Fact]
    public void What_an_address_says_is_read_back_the_same() =>
        Gen.Long[0, TimeSpan.TicksPerDay * 999].Sample(ticks =>
        {
            Assert.True(TimeText.TryParse(TimeText.ToAddress(new(ticks)), out var time));
            Assert.Equal(new TimeSpan(ticks), time);
        });
}
