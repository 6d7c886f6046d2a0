using AiStack.Console.Telemetry;
using AiStack.Console.Telemetry.Logs;
using Xunit;
using static AiStack.Tests.Console.Telemetry.Spans;

namespace AiStack.Tests.Console.Telemetry.Logs;

public sealed class LogStoreTests
{
    [Fact]
    public void Pages_are_read_from_the_newest_to_the_oldest_without_gap_or_repeat()
    {
        var stores = new TelemetryStores();
        stores.Logs.Add([.. Enumerable.Range(1, 95).Select(i => Log($"line {i}"))]);

        var (read, before, more) = (new List<long>(), long.MaxValue, true);
        while (more)
        {
            var page = stores.Logs.Read(new() { Limit = 10 }, before);
            read.AddRange(page.Records.Select(record => record.Sequence));
            (before, more) = (page.Records[^1].Sequence, page.HasMore);
        }

        Assert.Equal(Enumerable.Range(1, 95).Reverse().Select(i => (long)i), read);
    }

    [Fact]
    public void Following_gives_what_arrived_since_and_nothing_else()
    {
        var stores = new TelemetryStores();
        stores.Logs.Add([Log("one"), Log("two")]);
        var seen = stores.Logs.Read(new()).LastSequence;

        stores.Logs.Add([Log("three", severity: 17), Log("four")]);

        Assert.Equal(["four", "three"], Bodies(stores.Logs.ReadAfter(new(), seen)));
        Assert.Equal(["three"], Bodies(stores.Logs.ReadAfter(new() { MinSeverity = LogSeverity.Error }, seen)));
        Assert.Empty(stores.Logs.ReadAfter(new(), stores.Logs.LastSequence).Records);
    }

    [Fact]
    public void The_oldest_go_when_there_are_too_many_and_numbers_go_on()
    {
        var stores = new TelemetryStores(limits => limits.MaxLogs = 1_000);
        foreach (var batch in Enumerable.Range(1, 2_500).Chunk(300))
        {
            stores.Logs.Add([.. batch.Select(i => Log($"line {i}"))]);
        }

        var all = stores.Logs.Read(new() { Limit = 10_000 }).Records;

        Assert.Equal((1_000, 2_500, 1_501), (all.Count, all[0].Sequence, all[^1].Sequence));
        Assert.Equal("line 1501", all[^1].Body);
        Assert.Null(stores.Logs.Find(1_500));
        Assert.Equal(1_500, stores.Lost(TelemetrySignal.Logs, LossReason.MadeRoom));
    }

    [Fact]
    public void The_oldest_go_when_they_are_too_long_together()
    {
        var stores = new TelemetryStores(limits => limits.MaxLogBytes = 1 << 20);
        stores.Logs.Add([.. Enumerable.Range(1, 200).Select(_ => Log(new string('x', 10_000)))]);

        Assert.InRange(stores.Logs.Read(new() { Limit = 1_000 }).Records.Count, 45, 55);
    }

    [Fact]
    public void A_read_finds_by_each_of_its_conditions()
    {
        var stores = new TelemetryStores();
        stores.Logs.Add([
            Log("plain"),
            Log("from serving", service: "serving"),
            Log("failed", severity: 17),
            Log("traced") with { TraceId = TraceId(7), SpanId = SpanId(8) },
            Log("started") with { Scope = new("AiStack.Ingest.Processing") },
            Log("with id") with { Attributes = new([new("FileId", "file-123")]) },
        ]);

        Assert.Equal(["from serving"], Found(new() { Service = "serving" }));
        Assert.Equal(["failed"], Found(new() { MinSeverity = LogSeverity.Warning }));
        Assert.Equal(["traced"], Found(new() { TraceId = TraceId(7) }));
        Assert.Equal(["traced"], Found(new() { SpanId = SpanId(8) }));
        Assert.Equal(["started"], Found(new() { Category = "AiStack.Ingest.Processing" }));
        Assert.Equal(["started"], Found(new() { Text = "ingest.proc" }));
        Assert.Equal(["with id"], Found(new() { Text = "FILE-1" }));
        Assert.Equal(["with id"], Found(new() { Text = "FileId=123" }));
        Assert.Equal(["gateway", "serving"], stores.Logs.Services);

        string[] Found(LogQuery query) => Bodies(stores.Logs.Read(query));
    }

    [Fact]
    public void Cleared_it_holds_nothing_and_goes_on()
    {
        var stores = new TelemetryStores();
        stores.Logs.Add([Log("one"), Log("two")]);
        stores.Logs.Clear();
        stores.Logs.Add([Log("three")]);

        Assert.Equal(["three"], Bodies(stores.Logs.Read(new())));
        Assert.Equal(3, stores.Logs.LastSequence);
    }

    private static string[] Bodies(LogPage page) => [.. page.Records.Select(record => record.Body)];

    private static LogRecord Log(string body, string service = "gateway", int severity = 9) => new()
    {
        Time = TelemetryStores.Noon,
        Body = body,
        SeverityNumber = severity,
        Resource = Resource(service),
    };
}
