using AiStack.Console.Telemetry;
using AiStack.Console.Telemetry.Metrics;
using AiStack.Console.Telemetry.Otlp;
using AiStack.Console.Telemetry.Otlp.Json;
using AiStack.Console.Telemetry.Otlp.Wire;
using CsCheck;
using Xunit;
using static AiStack.Tests.Console.Telemetry.Otlp.Messages;

namespace AiStack.Tests.Console.Telemetry.Otlp;

public sealed class DecoderTests
{
    private static readonly byte[][] _whole =
    [
        OfSpans(
            Span(1, 1).Text(3, "a=b").Varint(6, 2).Message(9, Pair("key", "value"))
                .Message(11, new ProtoWriter()
                    .Fixed64(1, Noon).Text(2, "exception").Message(3, Pair("exception.message", "no")))
                .Message(13, new ProtoWriter().Bytes(1, new byte[16]).Bytes(2, new byte[8]))
                .Message(15, new ProtoWriter().Text(2, "why").Varint(3, 2)),
            Span(1, 2).Message(9, Pair("list", new ProtoWriter()
                .Message(5, new ProtoWriter().Message(1, new ProtoWriter().Varint(3, 7)))))),
        Envelope(Log("text").Text(3, "Warning").Varint(2, 13).Bytes(9, Convert.FromHexString(Spans.TraceId(1)))),
        Envelope(Counter("a", "b"), Exponential(), Explicit()),
    ];

    [Fact]
    public void A_message_that_is_cut_off_or_changed_anywhere_is_read_or_refused_and_nothing_else() =>
        Gen.Select(Gen.Int[0, 2], Gen.Double.Unit, Gen.Double.Unit, Gen.Byte, Gen.Bool)
            .Sample((signal, at, end, flip, isCut) =>
        {
            var message = (byte[])_whole[signal].Clone();
            message[(int)(at * (message.Length - 1))] ^= flip;
            Read((TelemetrySignal)signal, isCut ? message[..(int)(end * message.Length)] : message);
        }, iter: 20_000);

    [Fact]
    public void Bytes_of_any_sort_are_read_or_refused_and_nothing_else() =>
        Gen.Select(Gen.Int[0, 2], Gen.Byte.Array[0, 200]).Sample(
            (signal, bytes) => Read((TelemetrySignal)signal, bytes), iter: 20_000);

    [Fact]
    public void Json_that_is_changed_anywhere_is_read_or_refused_and_nothing_else()
    {
        var json = """
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"a"}}]},
            "scopeSpans":[{"spans":[{"traceId":"00000000000000000000000000000001","spanId":"0000000000000001",
            "name":"x","kind":2,"startTimeUnixNano":"1795521600000000000",
            "attributes":[{"key":"n","value":{"intValue":"7"}}]}]}]}]}
            """u8.ToArray();

        Gen.Select(Gen.Double.Unit, Gen.Byte, Gen.Double.Unit).Sample((at, flip, end) =>
        {
            var changed = (byte[])json.Clone();
            changed[(int)(at * (json.Length - 1))] ^= flip;
            try
            {
                JsonTranscoder.ToProtobuf(
                    changed.AsSpan(0, (int)(end * json.Length)), OtlpSchema.Request(TelemetrySignal.Traces));
            }
            catch (OtlpFormatException)
            {
                // Refused, which is what it is for.
            }
        }, iter: 20_000);
    }

    [Fact]
    public void A_value_of_ten_megabytes_is_cut_and_says_how_long_it_was()
    {
        var stores = new TelemetryStores();
        stores.Decoder.Read(
            TelemetrySignal.Traces, OfSpans(Span(1, 1).Message(9, Pair("text", new string('ä', 5 << 20)))));

        var value = stores.Traces.Spans(Spans.TraceId(1))[0].Attributes["text"]!;

        Assert.StartsWith(new string('ä', 32_768) + "…", value, StringComparison.Ordinal);
        Assert.EndsWith("[cut: 10,485,760 bytes in all]", value, StringComparison.Ordinal);
        Assert.Equal(1, stores.Lost(TelemetrySignal.Traces, LossReason.ValueCut));
    }

    [Fact]
    public void Long_keys_and_long_dimensions_are_cut()
    {
        var stores = new TelemetryStores();
        var key = new string('k', 20_000);
        stores.Decoder.Read(TelemetrySignal.Traces, OfSpans(Span(1, 1).Message(9, Pair(key, "value"))));
        stores.Decoder.Read(TelemetrySignal.Metrics, Envelope(Counter(new string('u', 20_000))));

        var attribute = Assert.Single(stores.Traces.Spans(Spans.TraceId(1))[0].Attributes);
        var user = Assert.Single(Assert.Single(stores.Metrics.Copy(_ => true)).Dimensions);

        Assert.Equal(new string('k', 256) + "… [cut: 20,000 bytes in all]", attribute.Key);
        Assert.Equal(new string('u', 1_024) + "… [cut: 20,000 bytes in all]", user.Value);
        Assert.Equal(1, stores.Lost(TelemetrySignal.Traces, LossReason.ValueCut));
        Assert.Equal(1, stores.Lost(TelemetrySignal.Metrics, LossReason.ValueCut));
    }

    [Fact]
    public void Values_of_every_type_become_text()
    {
        var array = new ProtoWriter()
            .Message(1, new ProtoWriter().Text(1, "ä"))
            .Message(1, new ProtoWriter().Double(4, 2))
            .Message(1, new ProtoWriter()
                .Message(6, new ProtoWriter().Message(1, Pair("deep", new ProtoWriter().Varint(2, 1)))));
        var span = Span(1, 1)
            .Message(9, Pair("whole", new ProtoWriter().Varint(3, unchecked((ulong)-5L))))
            .Message(9, Pair("number", new ProtoWriter().Double(4, 0.5)))
            .Message(9, Pair("truth", new ProtoWriter().Varint(2, 1)))
            .Message(9, Pair("bytes", new ProtoWriter().Bytes(7, [1, 2, 3])))
            .Message(9, Pair("nested", new ProtoWriter().Message(5, array)))
            .Message(9, Pair("nothing", new ProtoWriter()));
        var stores = new TelemetryStores();
        stores.Decoder.Read(TelemetrySignal.Traces, OfSpans(span));

        Assert.Equal(
            [("whole", "-5"), ("number", "0.5"), ("truth", "true"), ("bytes", "AQID"),
                ("nested", """["ä",2.0,{"deep":true}]"""), ("nothing", "")],
            stores.Traces.Spans(Spans.TraceId(1))[0].Attributes.Select(attribute => (attribute.Key, attribute.Value)));
    }

    [Fact]
    public void Values_within_values_without_end_end()
    {
        var value = new ProtoWriter().Text(1, "bottom");
        for (var i = 0; i < 10_000; i++)
        {
            value = new ProtoWriter().Message(5, new ProtoWriter().Message(1, value));
        }

        var stores = new TelemetryStores();
        stores.Decoder.Read(TelemetrySignal.Traces, OfSpans(Span(1, 1).Message(9, Pair("deep", value))));

        var kept = stores.Traces.Spans(Spans.TraceId(1))[0].Attributes["deep"];
        Assert.Equal("""[[[[[[[[[[[[[[[["…"]]]]]]]]]]]]]]]]""", kept);
    }

    [Fact]
    public void Spans_without_ids_or_time_are_refused_one_by_one_with_the_reason()
    {
        var stores = new TelemetryStores();
        var outcome = stores.Decoder.Read(TelemetrySignal.Traces, OfSpans(
            Span(1, 1), new ProtoWriter().Text(5, "no ids").Fixed64(7, Noon), Span(0, 1), Span(2, 2)));

        Assert.Equal((4, 2), (outcome.Received, outcome.Rejected));
        Assert.Equal("A span has no valid trace id or span id.", outcome.Reason);
        Assert.Equal(2, stores.Traces.Search(new()).Matched);
    }

    [Fact]
    public void More_attributes_and_events_than_are_kept_are_counted()
    {
        var span = Span(1, 1);
        foreach (var i in Enumerable.Range(0, 200))
        {
            span.Message(9, Pair($"key{i}", "value")).Message(11, new ProtoWriter().Fixed64(1, Noon).Text(2, "event"));
        }

        var stores = new TelemetryStores();
        stores.Decoder.Read(TelemetrySignal.Traces, OfSpans(span));

        var kept = stores.Traces.Spans(Spans.TraceId(1))[0];
        Assert.Equal((128, 128), (kept.Attributes.Count, kept.Events.Count));
        Assert.Equal(144, stores.Lost(TelemetrySignal.Traces, LossReason.TooMany));
    }

    [Fact]
    public void The_same_text_is_the_same_string_for_all_spans()
    {
        var stores = new TelemetryStores();
        foreach (var id in new[] { 1, 2 })
        {
            stores.Decoder.Read(
                TelemetrySignal.Traces,
                OfSpans(Span(1, id, "GET /v1/models").Message(9, Pair("http.route", "/v1/models"))));
        }

        var (first, second) = (stores.Traces.Spans(Spans.TraceId(1))[0], stores.Traces.Spans(Spans.TraceId(1))[1]);
        Assert.Same(first.Name, second.Name);
        Assert.Same(first.Attributes[0].Value, second.Attributes[0].Value);
        Assert.Same(first.Resource, second.Resource);
        Assert.Same(first.TraceId, second.TraceId);
    }

    [Fact]
    public void Histograms_of_both_sorts_are_read()
    {
        var stores = new TelemetryStores();
        var outcome = stores.Decoder.Read(TelemetrySignal.Metrics, Envelope(Exponential(), Explicit()));

        Assert.Equal((2, 0), (outcome.Received, outcome.Rejected));
        Assert.Equal(
            [InstrumentKind.ExponentialHistogram, InstrumentKind.Histogram],
            stores.Metrics.Instruments.Select(instrument => instrument.Kind).Order().Reverse());
    }

    [Theory]
    [InlineData(new double[] { 5, 3 }, new ulong[] { 1, 1, 1 }, "A histogram's bounds must grow.")]
    [InlineData(
        new double[] { 5 }, new ulong[] { 1, 1, 1 }, "A histogram must have one bucket more than it has bounds.")]
    [InlineData(new double[] { double.NaN }, new ulong[] { 1, 1 }, "A histogram's bounds must be finite numbers.")]
    [InlineData(new double[] { 5 }, new ulong[] { ulong.MaxValue, 1 }, "A histogram counts more than can be.")]
    public void A_histogram_that_cannot_be_is_refused_with_the_reason(double[] bounds, ulong[] counts, string reason)
    {
        var outcome = new TelemetryStores().Decoder.Read(TelemetrySignal.Metrics, Envelope(Explicit(bounds, counts)));

        Assert.Equal((1, reason), (outcome.Rejected, outcome.Reason));
    }

    private static void Read(TelemetrySignal signal, byte[] message)
    {
        try
        {
            new TelemetryStores().Decoder.Read(signal, message);
        }
        catch (OtlpFormatException)
        {
            // Refused, which is what it is for.
        }
    }

    private static ProtoWriter Explicit(double[]? bounds = null, ulong[]? counts = null)
    {
        var point = new ProtoWriter().Fixed64(2, Noon - 1).Fixed64(3, Noon).Fixed64(4, 3).Double(5, 12);
        foreach (var count in counts ?? [1, 1, 1])
        {
            point.Fixed64(6, count);
        }

        foreach (var bound in bounds ?? [5, 10])
        {
            point.Double(7, bound);
        }

        return new ProtoWriter().Text(1, "explicit").Message(9, new ProtoWriter().Message(1, point).Varint(2, 1));
    }

    private static ProtoWriter Exponential() => new ProtoWriter().Text(1, "exponential").Message(10, new ProtoWriter()
        .Message(1, new ProtoWriter()
            .Fixed64(2, Noon - 1).Fixed64(3, Noon).Fixed64(4, 3).Double(5, 12).SInt32(6, 2)
            .Message(8, new ProtoWriter().SInt32(1, -3).Bytes(2, [1, 2])))
        .Varint(2, 2));
}
