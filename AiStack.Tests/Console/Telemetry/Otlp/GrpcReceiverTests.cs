using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using AiStack.Console.Telemetry;
using AiStack.Console.Telemetry.Otlp;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static AiStack.Tests.Console.Telemetry.Otlp.Messages;

namespace AiStack.Tests.Console.Telemetry.Otlp;

/// <summary>What senders that do wrong are told. That the right ones are heard, OpenTelemetry's SDK shows.</summary>
public sealed class GrpcReceiverTests
{
    private const int Ok = 0;
    private const int InvalidArgument = 3;
    private const int ResourceExhausted = 8;
    private const int Unavailable = 14;
    private const int Unauthenticated = 16;

    [Fact]
    public async Task Each_refusal_has_its_own_status()
    {
        await using var console = new TelemetryConsole(("Console:Otlp:MaxMessageBytes", "1048576"));

        Assert.Equal(Ok, await CallAsync(console, OfSpans(Span(1, 1))));
        Assert.Equal(InvalidArgument, await CallAsync(console, "this is not protobuf"u8.ToArray()));
        Assert.Equal(ResourceExhausted, await CallAsync(console, new byte[2 << 20]));
        Assert.Equal(Unauthenticated, await CallAsync(console, OfSpans(Span(2, 1)), key: "another-key-of-someone"));
        Assert.Single(console.Traces.Spans(Spans.TraceId(1)));
        Assert.Empty(console.Traces.Spans(Spans.TraceId(2)));
        Assert.Equal(1, console.Counts.Refused[RefusalReason.Key]);
    }

    [Fact]
    public async Task Who_comes_while_as_many_as_may_are_read_is_told_so_before_the_message_is_read()
    {
        await using var console = new TelemetryConsole(
            ("Console:Otlp:MaxMessageBytes", "65536"),
            ("Console:Otlp:MaxConcurrentMessages", "1"),
            ("Console:Otlp:MaxWaitingMessages", "0"));
        var gate = console.Services.GetRequiredService<MessageGate>();

        using var turn = await gate.EnterAsync(TestContext.Current.CancellationToken);
        var refused = await CallAsync(console, new byte[1 << 20]);
        turn.Dispose();

        Assert.Equal(Unavailable, refused);
        Assert.Equal(1, console.Counts.Refused[RefusalReason.Busy]);
        Assert.Equal(Ok, await CallAsync(console, OfSpans(Span(2, 1))));
    }

    private static async Task<int> CallAsync(
        TelemetryConsole console, byte[] message, string key = TelemetryConsole.Key)
    {
        _ = console.Services;
        using var client = new HttpClient();
        var frame = new byte[message.Length + 5];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            $"http://127.0.0.1:{console.GrpcPort}/opentelemetry.proto.collector.trace.v1.TraceService/Export")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.Add("x-otlp-api-key", key);
        request.Headers.Add("te", "trailers");

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var status = response.TrailingHeaders.TryGetValues("grpc-status", out var trailers)
            ? trailers
            : response.Headers.GetValues("grpc-status");
        return int.Parse(status.Single());
    }
}
