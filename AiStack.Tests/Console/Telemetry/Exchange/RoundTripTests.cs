using System.IO.Compression;
using System.IO.Pipelines;
using System.Text;
using AiStack.Console.Telemetry;
using AiStack.Console.Telemetry.Exchange;
using AiStack.Console.Telemetry.Logs;
using AiStack.Console.Telemetry.Metrics;
using AiStack.Console.Telemetry.Traces;
using AiStack.Contracts;
using AiStack.Tests.Console.Telemetry.Metrics;
using CsCheck;
using Xunit;

namespace AiStack.Tests.Console.Telemetry.Exchange;

public sealed class RoundTripTests
{
    private static readonly Gen<string> Texts =
        Gen.OneOf(Gen.String[Gen.Char.AlphaNumeric, 0, 8], Gen.Const("<script>\u0001\"ä€𝄞"));

    private static readonly Gen<TelemetryAttribute> Attribute = Gen.Select(
        Texts,
        Gen.OneOf(
            Texts.Select(text => (text, AttributeKind.Text)),
            Gen.Long.Select(value => ($"{value}", AttributeKind.Integer)),
            Gen.Double.Select(value =>
                (value.ToString(System.Globalization.CultureInfo.InvariantCulture), AttributeKind.Number)),
            Gen.Bool.Select(value => (value ? "true" : "false", AttributeKind.Boolean)),
            Gen.Byte.Array[0, 9].Select(value => (Convert.ToBase64String(value), AttributeKind.Bytes)),
            Gen.Const(("""[1,2.5,"a",null,{"b":[true]}]""", AttributeKind.Json))),
        (key, value) => new TelemetryAttribute(key, value.Item1, value.Item2));

    private static readonly Gen<TelemetryAttributes> Attributes =
        Attribute.Array[0, 4].Select(all => all.Length == 0 ? default : new TelemetryAttributes(all));

    private static readonly Gen<DateTimeOffset> Times =
        Gen.Long[1, 80_000_000_000_000_000].Select(ticks => DateTimeOffset.UnixEpoch.AddTicks(ticks));

    private static readonly Gen<TelemetryResource> Resources =
        Gen.Select(Gen.Int[1, 3], Attributes).Select((service, extra) =>
        new TelemetryResource($"service{service}", $"{service}", new([
            new("service.name", $"service{service}"), new("service.instance.id", $"{service}"),
            .. extra.Where(attribute => !attribute.Key.StartsWith("service.", StringComparison.Ordinal))])));

    private static readonly Gen<TelemetryScope> Scopes = Gen.Select(Texts, Attributes, (name, attributes) =>
        new TelemetryScope(name, name.Length > 4 ? "1.0" : null, attributes));

    private static readonly Gen<Span> AnySpan =
        from ids in Gen.Select(Gen.Int[1, 5], Gen.Int[1, 1_000_000], Gen.Int[0, 5])
        from what in Gen.Select(Texts, Gen.Int[0, 5], Gen.Int[0, 2], Times, Gen.Long[0, 10_000_000_000])
        from rest in Gen.Select(Attributes, Attributes, Resources, Scopes)
        select new Span
        {
            TraceId = Spans.TraceId(ids.Item1),
            SpanId = Spans.SpanId(ids.Item2),
            ParentSpanId = ids.Item3 == 0 ? null : Spans.SpanId(ids.Item3),
            Name = what.Item1,
            Kind = (SpanKind)what.Item2,
            Status = (SpanStatus)what.Item3,
            StatusMessage = what.Item3 == 2 ? "why" : null,
            Start = what.Item4,
            Duration = new(what.Item5),
            Attributes = rest.Item1,
            Events = rest.Item2.Count == 0 ? [] : [new(what.Item4, what.Item1, rest.Item2)],
            Links = rest.Item2.Count == 0 ? [] : [new(Spans.TraceId(9), Spans.SpanId(9), rest.Item2)],
            Resource = rest.Item3,
            Scope = rest.Item4,
            TraceState = ids.Item3 == 1 ? "a=b" : null,
        };

    private static readonly Gen<LogRecord> AnyLog =
        from what in Gen.Select(Times, Times, Gen.Int[0, 24], Attribute)
        from rest in Gen.Select(Attributes, Resources, Scopes, Gen.Int[0, 3])
        select new LogRecord
        {
            Time = what.Item1,
            ObservedTime = what.Item2,
            SeverityNumber = what.Item3,
            SeverityText = what.Item3 > 12 ? "Warning" : null,
            Body = what.Item4.Value,
            BodyKind = what.Item4.Kind,
            TraceId = rest.Item4 == 0 ? null : Spans.TraceId(rest.Item4),
            SpanId = rest.Item4 == 0 ? null : Spans.SpanId(rest.Item4),
            EventName = rest.Item4 == 1 ? "event" : null,
            Attributes = rest.Item1,
            Resource = rest.Item2,
            Scope = rest.Item3,
        };

    [Fact]
    public async Task Files_are_imported_one_at_a_time_and_only_so_many_wait()
    {
        var stores = new TelemetryStores();
        var slow = new Pipe();
        var first = stores.Import.RunAsync(slow.Reader.AsStream(), TestContext.Current.CancellationToken);
        var waiting = Enumerable.Range(0, ImportTelemetry.MaxWaiting).Select(_ => ImportNothingAsync()).ToArray();
        var beyond = await ImportNothingAsync();

        Assert.DoesNotContain(waiting, import => import.IsCompleted);
        Assert.False(beyond.TryGet(out _, out var fault));
        Assert.Equal(FaultCode.Overloaded, fault.Code);
        await slow.Writer.CompleteAsync();
        await first;
        await Task.WhenAll(waiting);

        Task<Outcome<ImportedTelemetry>> ImportNothingAsync() =>
            stores.Import.RunAsync(new MemoryStream("{}"u8.ToArray()), TestContext.Current.CancellationToken);
    }

    [Fact]
    public Task Spans_and_log_records_come_back_as_they_went() =>
        Gen.Select(AnySpan.Array[0, 8], AnyLog.Array[0, 8]).Where((spans, logs) => spans.Length + logs.Length > 0)
            .SampleAsync(
            async (spans, logs) =>
            {
                var (from, to) = (new TelemetryStores(), new TelemetryStores());
                from.Traces.Add(spans);
                from.Logs.Add(logs);

                Imported(await to.Import.RunAsync(await FileAsync(from), TestContext.Current.CancellationToken));

                Assert.Equal(
                    spans.DistinctBy(span => (span.TraceId, span.SpanId)).OrderBy(Order).Select(Flat),
                    Enumerable.Range(1, 5).SelectMany(trace => to.Traces.Spans(Spans.TraceId(trace))).OrderBy(Order)
                        .Select(Flat));
                Assert.Equal(
                    logs.Select(Flat).Order(), to.Logs.Read(new() { Limit = 100 }).Records.Select(Flat).Order());
            });

    [Fact]
    public Task Metrics_come_back_as_they_went() =>
        Gen.Select(Gen.Int[0, 20].Array[1, 10], Gen.Double[1, 60]).SampleAsync(async (added, interval) =>
        {
            var (from, to) = (new TelemetryStores(), new TelemetryStores());
            var total = 0;
            for (var i = 0; i < added.Length; i++)
            {
                total += added[i];
                from.Metrics.Add([Points.Counter(Points.Number((i + 1) * interval, total))]);
            }

            Imported(await to.Import.RunAsync(await FileAsync(from), TestContext.Current.CancellationToken));

            var window = Points.Window(0, 700, 7);
            var (left, right) = (
                from.Line(window), to.Line(window with { Instrument = Points.Requests with { IsImported = true } }));
            Assert.Equal(left.Total, right.Total, 1e-6);
            Assert.Equal(left.Values.Select(value => value ?? -1), right.Values.Select(value => value ?? -1), Near);
        });

    [Fact]
    public async Task Histograms_and_gauges_come_back_with_their_exemplars()
    {
        var (from, to) = (new TelemetryStores(), new TelemetryStores());
        var exemplar = new Exemplar(Points.At(9), 15, Spans.TraceId(1), Spans.SpanId(1), default);
        from.Metrics.Add([Points.Histogram(
            MetricTemporality.Cumulative,
            Points.Values(10, [10, 20], [5, 5, 0], sum: 100) with { Exemplars = [exemplar] })]);
        from.Metrics.Add(
            [Points.Gauge(Points.Number(10, 3), Points.Number(20, 4)) with { Id = new("gateway", "test", "gauge") }]);

        Imported(await to.Import.RunAsync(await FileAsync(from), TestContext.Current.CancellationToken));

        var line = to.Line(Points.Window(0, 10, 10) with { Instrument = Points.Requests with { IsImported = true } });
        Assert.Equal((10, 10.0), (line.Total, line.P50[0]));
        var read =
            to.Metrics.Read(Points.Window(0, 10, 10) with { Instrument = Points.Requests with { IsImported = true } })!;
        Assert.Equal(exemplar, Assert.Single(read.Exemplars));
        Assert.Equal(
            [3, 4],
            to.Line(Points.Window(10, 30, 10) with { Instrument = new("gateway", "test", "gauge", true) }).Values);
    }

    [Fact]
    public async Task What_was_imported_is_marked_and_does_not_mix_with_what_is_live()
    {
        var stores = new TelemetryStores();
        stores.Traces.Add([Spans.Span(1, 1)]);
        stores.Metrics.Add([Points.Counter(Points.Number(10, 100))]);
        var file = await FileAsync(stores);
        stores.Traces.Clear();

        Imported(await stores.Import.RunAsync(file, TestContext.Current.CancellationToken));

        Assert.True(Assert.Single(stores.Traces.Search(new()).Traces).IsImported);
        Assert.Equal([false, true], stores.Metrics.Instruments.Select(instrument => instrument.IsImported).Order());
        Assert.Equal(100, stores.Line(Points.Window(0, 10, 10)).Total);
    }

    [Fact]
    public async Task One_trace_is_exported_with_its_log_records_and_nothing_else()
    {
        var (from, to) = (new TelemetryStores(), new TelemetryStores());
        from.Traces.Add([Spans.Span(1, 1), Spans.Span(2, 2)]);
        from.Logs.Add([Log("mine") with { TraceId = Spans.TraceId(1) }, Log("other")]);

        var file = await FileAsync(from, TelemetrySelection.Trace(Spans.TraceId(1)));
        var imported = Imported(await to.Import.RunAsync(file, TestContext.Current.CancellationToken));

        Assert.Equal((1, 1, 0), (imported.Spans, imported.Logs, imported.MetricPoints));
    }

    [Fact]
    public async Task Zipped_files_and_files_of_many_objects_are_read_too()
    {
        var from = new TelemetryStores();
        from.Logs.Add([Log("one")]);
        var one = Encoding.UTF8.GetString((await FileAsync(from)).ToArray());
        using var zipped = new MemoryStream();
        await using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes($"{one}\n{one}\n"));
        }

        zipped.Position = 0;
        var outcome = await new TelemetryStores().Import.RunAsync(zipped, TestContext.Current.CancellationToken);

        Assert.Equal(2, Imported(outcome).Logs);
    }

    [Theory]
    [InlineData("", "not OTLP/JSON")]
    [InlineData("hello", "not OTLP/JSON")]
    [InlineData("[]", "must be an object")]
    [InlineData("{\"name\":\"something else\"}", "holds no telemetry")]
    public async Task A_file_that_is_something_else_is_refused_with_the_reason(string content, string reason)
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(content));

        var outcome = await new TelemetryStores().Import.RunAsync(file, TestContext.Current.CancellationToken);

        Assert.False(outcome.TryGet(out _, out var fault));
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    private static ImportedTelemetry Imported(Outcome<ImportedTelemetry> outcome)
    {
        Assert.True(outcome.TryGet(out var imported, out var fault), fault?.Message);
        Assert.Equal(0, imported.Rejected);
        return imported;
    }

    private static async Task<MemoryStream> FileAsync(TelemetryStores stores, TelemetrySelection? selection = null)
    {
        var file = new MemoryStream();
        await stores.Export.RunAsync(
            selection ?? TelemetrySelection.Everything, file, TestContext.Current.CancellationToken);
        file.Position = 0;
        return file;
    }

    private static LogRecord Log(string body) => new()
    {
        Time = TelemetryStores.Noon,
        ObservedTime = TelemetryStores.Noon,
        Body = body,
        Resource = Spans.Resource("gateway"),
    };

    private static string Order(Span span) => span.TraceId + span.SpanId;

    // Lists are the same when what is in them is.
    private static string Flat(Span span) =>
        $"{span with { Events = [], Links = [], Attributes = default, Resource = Bare, Scope = TelemetryScope.None }} "
        + $"{Flat(span.Attributes)} {Flat(span.Resource.Attributes)} {Flat(span.Scope)} "
        + string.Join(
            ' ', span.Events.Select(happened => $"{happened.Time} {happened.Name} {Flat(happened.Attributes)}"))
        + string.Join(' ', span.Links.Select(link => $"{link.TraceId} {link.SpanId} {Flat(link.Attributes)}"));

    private static string Flat(LogRecord record) =>
        $"{record with { Sequence = 0, Attributes = default, Resource = Bare, Scope = TelemetryScope.None }} "
        + $"{Flat(record.Attributes)} {Flat(record.Resource.Attributes)} {Flat(record.Scope)}";

    private static string Flat(TelemetryScope scope) => $"{scope.Name} {scope.Version} {Flat(scope.Attributes)}";

    private static string Flat(TelemetryAttributes attributes) => string.Join(' ', attributes);

    private static TelemetryResource Bare { get; } = new("", null, default);

    private static bool Near(double left, double right) => Math.Abs(left - right) < 1e-6;
}
