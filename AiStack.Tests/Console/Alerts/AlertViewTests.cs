using AiStack.Console.Alerts;
using Xunit;

namespace AiStack.Tests.Console.Alerts;

/// <summary>How an alert is told.</summary>
public sealed class AlertViewTests
{
    [Theory]
    [InlineData("error_share", 0.0594, 0.05, "1", "5.9 %", "5 %", "usage")]
    [InlineData("latency", 12.34, 10, "s", "12.3 s", "10 s", "usage")]
    [InlineData("spend", 10.5, 10, "EUR", "10.50 EUR", "10.00 EUR", "usage")]
    [InlineData("work_waiting", 1_200, 600, "s", "20 min", "10 min", "files")]
    [InlineData("work_parked", 2, 0, "{item}", "2 items", "0 items", "files")]
    [InlineData("quality", 0.25, 0.05, "1", "25 %", "5 %", null)]
    [InlineData("a_rule_of_tomorrow", 0.5, 0.25, "1", "50 %", "25 %", null)]
    public void It_says_what_was_measured_and_the_limit_in_its_unit_and_where_to_look(
        string rule, double value, double limit, string unit, string measured, string beyond, string? href)
    {
        var alert = new AlertView("alert_1", rule, "", "open", "Something", value, limit, unit, 0, 0, null);

        Assert.Equal((measured, beyond, href), (alert.ValueText, alert.LimitText, alert.Href));
    }
}
