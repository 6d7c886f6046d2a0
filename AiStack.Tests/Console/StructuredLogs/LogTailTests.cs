using AiStack.Console.StructuredLogs;
using AiStack.Console.Telemetry.Logs;
using AiStack.Tests.Console.Telemetry;
using Xunit;

namespace AiStack.Tests.Console.StructuredLogs;

/// <summary>Log records as they come, newest first, and not under the eyes of who reads them.</summary>
public sealed class LogTailTests
{
    private readonly TelemetryStores _stores = new();
    private readonly LogTail _tail;

    public LogTailTests() => _tail = new(_stores.Logs);

    [Fact]
    public void Records_are_in_the_order_in_which_they_happened_not_in_which_they_arrived()
    {
        _stores.Logs.Add([Record("second", 2), Record("first", 1)]);
        _tail.Open(new());
        _stores.Logs.Add([Record("third", 3), Record("zeroth", 0)]);
        _tail.Follow(isHeld: false);

        Assert.Equal(["third", "second", "first", "zeroth"], _tail.Rows.Select(row => row.Body));
    }

    [Fact]
    public void While_the_list_is_held_new_records_wait_and_are_counted()
    {
        _stores.Logs.Add([Record("old", 1)]);
        _tail.Open(new());
        _stores.Logs.Add([Record("new", 2)]);
        _stores.Logs.Add([Record("newer", 3)]);

        Assert.True(_tail.Follow(isHeld: true));
        Assert.Equal(["old"], _tail.Rows.Select(row => row.Body));
        Assert.Equal(2, _tail.Waiting);

        _tail.Release();
        Assert.Equal(["newer", "new", "old"], _tail.Rows.Select(row => row.Body));
        Assert.Equal(0, _tail.Waiting);
        Assert.False(_tail.Follow(isHeld: false));
    }

    [Fact]
    public void Only_what_matches_comes_in()
    {
        _tail.Open(new() { MinSeverity = LogSeverity.Error });
        _stores.Logs.Add([Record("harmless", 1), Record("harm", 2) with { SeverityNumber = 17 }]);

        _tail.Follow(isHeld: false);

        Assert.Equal(["harm"], _tail.Rows.Select(row => row.Body));
    }

    [Fact]
    public void A_list_is_no_longer_than_its_limit_and_says_that_there_is_more()
    {
        _tail.Open(new());
        _stores.Logs.Add([.. Enumerable.Range(0, LogTail.MaxRows).Select(number => Record($"{number}", number))]);
        _tail.Follow(isHeld: false);
        Assert.False(_tail.HasMore);

        _stores.Logs.Add([Record("one more", LogTail.MaxRows)]);
        _tail.Follow(isHeld: false);

        Assert.Equal(LogTail.MaxRows, _tail.Rows.Count);
        Assert.Equal("one more", _tail.Rows[0].Body);
        Assert.True(_tail.HasMore);
    }

    private static LogRecord Record(string body, int second) => new()
    {
        Time = TelemetryStores.Noon.AddSeconds(second), Body = body, SeverityNumber = 9,
        Resource = Spans.Resource("gateway"),
    };
}
