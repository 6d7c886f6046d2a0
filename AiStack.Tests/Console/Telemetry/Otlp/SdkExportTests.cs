using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using AiStack.Console.Telemetry.Logs;
using AiStack.Console.Telemetry.Metrics;
using AiStack.Console.Telemetry.Traces;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Xunit;

namespace AiStack.Tests.Console.Telemetry.Otlp;

/// <summary>OpenTelemetry's own SDK as the sender: what a service does.</summary>
public sealed class SdkExportTests
{
    private static readonly ResourceBuilder _service =
        ResourceBuilder.CreateEmpty().AddService("sdk-service", serviceInstanceId: "one");

    [Theory]
    [InlineData(OtlpExportProtocol.Grpc)]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    public async Task Spans_with_all_that_they_have_arrive(OtlpExportProtocol protocol)
    {
        await using var console = new TelemetryConsole();
        var name = $"sdk.spans.{protocol}";
        using var source = new ActivitySource(name);
        using var provider = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(_service)
            .AddSource(name)
            .AddOtlpExporter(Configure(console, protocol, "traces"))
            .Build();

        using (var parent = source.StartActivity("parent", ActivityKind.Server))
        using (var child = source.StartActivity("child", ActivityKind.Client))
        {
            child!.SetTag("answer", 42).SetTag("list", new[] { "a", "b" });
            child.AddException(new InvalidOperationException("no"));
            child.SetStatus(ActivityStatusCode.Error, "it failed");
        }

        Assert.True(provider.ForceFlush());

        var summary = Assert.Single(console.Traces.Search(new() { Service = "sdk-service" }).Traces);
        var trace = console.Traces.Find(summary.TraceId)!;
        Assert.Equal(["parent", "child"], trace.Rows.Select(row => row.Span.Name));
        var failed = trace.Rows[1].Span;
        Assert.Equal(
            ("Client", SpanStatus.Error, "it failed"), ($"{failed.Kind}", failed.Status, failed.StatusMessage));
        Assert.Equal(("42", """["a","b"]"""), (failed.Attributes["answer"], failed.Attributes["list"]));
        Assert.Equal("no", Assert.Single(failed.Events).Attributes["exception.message"]);
        Assert.Equal(
            ("sdk-service", "one", name), (failed.Resource.Service, failed.Resource.Instance, failed.Scope.Name));
    }

    [Theory]
    [InlineData(OtlpExportProtocol.Grpc)]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    public async Task Log_records_arrive_with_their_trace(OtlpExportProtocol protocol)
    {
        await using var console = new TelemetryConsole();
        using (var loggers = LoggerFactory.Create(logging => logging.AddOpenTelemetry(options =>
        {
            options.IncludeFormattedMessage = true;
            options.SetResourceBuilder(_service).AddOtlpExporter(Configure(console, protocol, "logs"));
        })))
        using (var activity = new Activity("request").Start())
        {
            Lines.Failed(loggers.CreateLogger("Some.Category"), "file-1");
        }

        var record = Assert.Single(console.Logs.Read(new() { Service = "sdk-service" }).Records);
        Assert.Equal(
            ("File file-1 failed.", LogSeverity.Warning, "Some.Category"),
            (record.Body, record.Severity, record.Category));
        Assert.Equal("file-1", record.Attributes["FileId"]);
        Assert.NotNull(record.TraceId);
    }

    [Theory]
    [InlineData(OtlpExportProtocol.Grpc, MetricReaderTemporalityPreference.Cumulative)]
    [InlineData(OtlpExportProtocol.HttpProtobuf, MetricReaderTemporalityPreference.Delta)]
    public async Task Instruments_of_every_kind_arrive(
        OtlpExportProtocol protocol, MetricReaderTemporalityPreference temporality)
    {
        await using var console = new TelemetryConsole();
        var name = $"sdk.metrics.{protocol}";
        _ = console.Services;
        using var meter = new Meter(name);
        using var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(_service)
            .AddMeter(name)
            .AddView("exponential", new Base2ExponentialBucketHistogramConfiguration())
            .SetExemplarFilter(ExemplarFilterType.AlwaysOn)
            .AddOtlpExporter((exporter, reader) =>
            {
                Configure(console, protocol, "metrics")(exporter);
                reader.TemporalityPreference = temporality;
            })
            .Build();
        var counter = meter.CreateCounter<long>("counter", "{request}");
        var updown = meter.CreateUpDownCounter<long>("updown");
        var explicitly = meter.CreateHistogram<double>("explicit", "s");
        var exponential = meter.CreateHistogram<double>("exponential", "s");
        meter.CreateObservableGauge("gauge", () => 7.5);

        for (var report = 0; report < 2; report++)
        {
            counter.Add(5, new KeyValuePair<string, object?>("method", "GET"));
            updown.Add(3);
            explicitly.Record(7);
            exponential.Record(7);
            Assert.True(provider.ForceFlush());
        }

        Assert.Equal(10, Line(console, "counter").Total);
        Assert.Equal(6, Line(console, "updown").Total);
        Assert.Equal(7.5, Line(console, "gauge").Total);
        Assert.Equal((2, 7), (Line(console, "explicit").Total, Line(console, "explicit").Mean[0]));
        Assert.InRange(Line(console, "exponential").P50[0]!.Value, 6.9, 7.1);
        var instrument = console.Metrics.Instruments.Single(one => one.Name == "counter");
        Assert.Equal(
            ("{request}", true, InstrumentKind.Sum), (instrument.Unit, instrument.IsMonotonic, instrument.Kind));
        Assert.Equal("method", console.Metrics.Dimensions(instrument.Id)[0].Key);
        Assert.NotEmpty(Window(console, "explicit").Exemplars);
    }

    [Fact]
    public async Task What_the_Console_receives_makes_no_telemetry_of_its_own()
    {
        await using var console = new TelemetryConsole();
        var seen = new ConcurrentQueue<Activity>();
        using var provider = Sdk.CreateTracerProviderBuilder()
            .AddAspNetCoreInstrumentation().AddSource("Microsoft.AspNetCore").AddProcessor(new Collector(seen)).Build();
        using var sender = console.Sender();

        using var response = await sender.PostAsync(
            "/v1/traces", HttpReceiverTests.Body(Messages.OfSpans(Messages.Span(1, 1))),
                TestContext.Current.CancellationToken);

        Assert.True(response.IsSuccessStatusCode);
        // Other tests have servers in this process, too.
        Assert.DoesNotContain(seen, span => Equals(span.GetTagItem("server.port"), console.HttpPort));
    }

    private static MetricLine Line(TelemetryConsole console, string name) => Assert.Single(Window(console, name).Lines);

    private static MetricWindow Window(TelemetryConsole console, string name)
    {
        var id = console.Metrics.Instruments.Single(one => one.Name == name && one.Service == "sdk-service").Id;
        var now = TimeProvider.System.GetUtcNow();
        return console.Metrics.Read(new() { Instrument = id, From = now.AddMinutes(-5), To = now.AddMinutes(1) })!;
    }

    private static Action<OtlpExporterOptions> Configure(
        TelemetryConsole console, OtlpExportProtocol protocol, string signal)
    {
        _ = console.Services;
        return exporter =>
        {
            exporter.Protocol = protocol;
            exporter.Headers = $"x-otlp-api-key={TelemetryConsole.Key}";
            exporter.Endpoint = protocol == OtlpExportProtocol.Grpc
                ? new($"http://127.0.0.1:{console.GrpcPort}")
                : new($"http://127.0.0.1:{console.HttpPort}/v1/{signal}");
        };
    }

    private sealed class Collector(ConcurrentQueue<Activity> seen) : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data) => seen.Enqueue(data);
    }
}

internal static partial class Lines
{
    [LoggerMessage(1, LogLevel.Warning, "File {FileId} failed.")]
    public static partial void Failed(ILogger logger, string fileId);
}
