using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AiStack.Console.Telemetry;
using AiStack.Console.Telemetry.Otlp;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static AiStack.Tests.Console.Telemetry.Otlp.Messages;

namespace AiStack.Tests.Console.Telemetry.Otlp;

public sealed class HttpReceiverTests
{
    private const string Protobuf = "application/x-protobuf";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Protobuf_and_json_compressed_or_not_are_the_same_telemetry()
    {
        await using var console = new TelemetryConsole();
        using var sender = console.Sender();
        var json = """
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"sender"}}]},
              "scopeSpans":[{"scope":{"name":"tests"},"spans":[{
              "traceId":"00000000000000000000000000000003","spanId":"0000000000000001","name":"work","kind":0,
              "startTimeUnixNano":"1795521600000000000","endTimeUnixNano":1795521600001000000,
              "status":{},"unknown":{"a":[1]},"parentSpanId":""}]}]}]}
            """u8.ToArray();
        var other = Encoding.UTF8.GetBytes(Json(json).Replace("03\"", "04\"", StringComparison.Ordinal));

        foreach (var body in new[]
        {
            Body(OfSpans(Span(1, 1))),
            Body(Zip(OfSpans(Span(2, 1))), encoding: "gzip"),
            Body(json, "application/json"),
            Body(Zip(other), "application/json", "gzip"),
        })
        {
            using var response = await sender.PostAsync("/v1/traces", body, Cancelled);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(body.Headers.ContentType!.MediaType, response.Content.Headers.ContentType!.MediaType);
        }

        var spans = Enumerable.Range(1, 4).Select(trace => Assert.Single(console.Traces.Spans(Spans.TraceId(trace))));
        Assert.All(spans, span => Assert.Equal(
            ("work", "sender", "tests", TelemetryStores.Noon, TimeSpan.FromMilliseconds(1), null),
            (span.Name, span.Resource.Service, span.Scope.Name, span.Start, span.Duration, span.ParentSpanId)));
    }

    [Fact]
    public async Task What_is_not_kept_of_a_message_is_said_in_its_answer()
    {
        await using var console = new TelemetryConsole();
        using var sender = console.Sender();

        var message = """{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"no ids"}]}]}]}"""u8.ToArray();

        using var response = await sender.PostAsync("/v1/traces", Body(message, "application/json"), Cancelled);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancelled));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var partial = answer.RootElement.GetProperty("partialSuccess");
        Assert.Equal("1", partial.GetProperty("rejectedSpans").GetString());
        Assert.NotEmpty(partial.GetProperty("errorMessage").GetString()!);
    }

    [Theory]
    [InlineData("application/json", "{\"resourceSpans\":[{\"scopeSpans\":7}]}", "'scopeSpans' must be an array.")]
    [InlineData("application/json", "{\"resourceSpans\":", "Not JSON")]
    [InlineData("application/json", "", "There is no JSON object.")]
    [InlineData(
        "application/json", "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":\"xyz\"}]}]}]}",
        "'traceId' must be hexadecimal.")]
    [InlineData(Protobuf, "this is not protobuf", "type")]
    public async Task What_is_not_otlp_is_refused_with_the_reason(string type, string body, string reason)
    {
        await using var console = new TelemetryConsole();
        using var sender = console.Sender();

        using var response = await sender.PostAsync("/v1/traces", Body(Encoding.UTF8.GetBytes(body), type), Cancelled);
        var status = await response.Content.ReadAsByteArrayAsync(Cancelled);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
        Assert.Contains(reason, Encoding.UTF8.GetString(status), StringComparison.Ordinal);
        Assert.Equal(1, console.Counts.Refused[RefusalReason.Malformed]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a-key-that-senders-havE")]
    [InlineData("a-key-that-senders-have-and-more")]
    public async Task Without_the_key_nothing_is_received(string? key)
    {
        await using var console = new TelemetryConsole();
        using var sender = console.Sender(key);

        using var response = await sender.PostAsync("/v1/traces", Body(OfSpans(Span(1, 1))), Cancelled);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Empty(console.Traces.Spans(Spans.TraceId(1)));
        Assert.Equal(1, console.Counts.Refused[RefusalReason.Key]);
    }

    [Fact]
    public async Task A_message_that_is_too_long_is_refused_also_when_it_is_only_so_decompressed()
    {
        await using var console = new TelemetryConsole(("Console:Otlp:MaxMessageBytes", "1048576"));
        using var sender = console.Sender();
        var long_ = new byte[2 << 20];

        using var plain = await sender.PostAsync("/v1/traces", Body(long_), Cancelled);
        using var bomb =
            await sender.PostAsync("/v1/traces", Body(Zip(new byte[200 << 20]), encoding: "gzip"), Cancelled);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, plain.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, bomb.StatusCode);
        Assert.Equal(2, console.Counts.Refused[RefusalReason.TooLarge]);
    }

    [Fact]
    public async Task Who_comes_while_as_many_as_may_are_read_is_told_to_come_again()
    {
        await using var console = new TelemetryConsole(
            ("Console:Otlp:MaxConcurrentMessages", "1"), ("Console:Otlp:MaxWaitingMessages", "0"));
        using var sender = console.Sender();
        var gate = console.Services.GetRequiredService<MessageGate>();

        using var turn = await gate.EnterAsync(Cancelled);
        using var refused = await sender.PostAsync("/v1/traces", Body(OfSpans(Span(1, 1))), Cancelled);
        turn.Dispose();
        using var answer = await sender.PostAsync("/v1/traces", Body(OfSpans(Span(2, 1))), Cancelled);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        Assert.Equal(1, console.Counts.Refused[RefusalReason.Busy]);
        Assert.True(answer.IsSuccessStatusCode);
        Assert.Single(console.Traces.Spans(Spans.TraceId(2)));
    }

    [Fact]
    public async Task What_claims_to_be_compressed_and_is_not_is_refused()
    {
        await using var console = new TelemetryConsole();
        using var sender = console.Sender();

        using var broken = await sender.PostAsync("/v1/traces", Body(OfSpans(Span(1, 1)), encoding: "gzip"), Cancelled);
        using var unknown =
            await sender.PostAsync("/v1/traces", Body(OfSpans(Span(1, 1)), encoding: "zstd"), Cancelled);

        Assert.Equal(HttpStatusCode.BadRequest, broken.StatusCode);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, unknown.StatusCode);
    }

    [Fact]
    public async Task Pages_are_not_on_the_receivers_port_nor_receivers_on_the_pages()
    {
        await using var console = new TelemetryConsole();
        using var sender = console.Sender();
        using var browser = console.CreateClient(new() { AllowAutoRedirect = false });
        browser.DefaultRequestHeaders.Add("x-otlp-api-key", TelemetryConsole.Key);

        using var page = await sender.GetAsync("/", Cancelled);
        using var health = await sender.GetAsync("/health", Cancelled);
        using var traces = await browser.PostAsync("/v1/traces", Body(OfSpans(Span(1, 1))), Cancelled);

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (page.StatusCode, health.StatusCode));
        Assert.False(traces.IsSuccessStatusCode);
        Assert.Empty(console.Traces.Spans(Spans.TraceId(1)));
    }

    [Fact]
    public async Task An_export_needs_a_person_who_is_signed_in()
    {
        await using var console = new TelemetryConsole();
        using var browser = console.CreateClient(new() { AllowAutoRedirect = false });

        using var response = await browser.GetAsync("/telemetry/export", Cancelled);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    public static ByteArrayContent Body(byte[] bytes, string type = Protobuf, string? encoding = null)
    {
        var body = new ByteArrayContent(bytes);
        body.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (encoding is not null)
        {
            body.Headers.ContentEncoding.Add(encoding);
        }

        return body;
    }

    private static byte[] Zip(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return zipped.ToArray();
    }
}
