using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using AiStack.Console.Telemetry;
using AiStack.Console.Telemetry.Otlp.Decoding;
using AiStack.Console.Telemetry.Otlp.Wire;
using AiStack.Tests.Console.Telemetry;
using AiStack.Tests.Fixtures;
using Xunit;
using Otlp = AiStack.Tests.Console.Telemetry.Otlp.Messages;

namespace AiStack.Tests.Bench;

/// <summary>How many spans the Console's receivers take, and what they take up.</summary>
public sealed class TelemetryBench
{
    private const int SpansPerMessage = 512; // What the SDK sends at most.
    private const int SpansPerTrace = 10;
    private const int MessageCount = 400;
    private const int KeptSpans = 100_000;
    private const int Senders = 4;

    [Fact(Explicit = true)]
    public async Task Spans_received_a_second_and_the_memory_of_a_hundred_thousand()
    {
        var messages = Enumerable.Range(0, MessageCount).Select(Message).ToArray();
        var decoding = Decode(messages);
        var (bytesPerSpan, search) = Keep(messages);
        var http = await SendAsync(messages, isGrpc: false);
        var grpc = await SendAsync(messages, isGrpc: true);

        BenchReport.Write("60-telemetry", $"""
            ## Telemetry that the Console receives

            {MessageCount * SpansPerMessage:N0} spans of {SpansPerTrace} attributes, {SpansPerMessage} a message,
            {Senders} senders at once, none refused. "A core"
            divides by the processor time of the Console's process alone; the senders share the machine's cores with it.

            | | spans/s | spans/s a core |
            | --- | --- | --- |
            | decoding alone, one thread | {decoding:N0} | {decoding:N0} |
            | OTLP/HTTP, protobuf | {http.PerSecond:N0} | {http.PerCore:N0} |
            | OTLP/gRPC | {grpc.PerSecond:N0} | {grpc.PerCore:N0} |

            {KeptSpans:N0} spans in {KeptSpans / SpansPerTrace:N0} traces take
            {bytesPerSpan * KeptSpans / 1e6:N0} MB ({bytesPerSpan:N0} bytes each). A search
            for a text that is in none of them takes {search.TotalMilliseconds:N0} ms.

            Aim: 10,000 spans/s on one core.
            """);
        Assert.True(http.PerCore > 10_000 && grpc.PerCore > 10_000, "Fewer than 10,000 spans/s a core.");
    }

    private static double Decode(byte[][] messages)
    {
        var texts = new OtlpTexts();
        var limits = new TelemetryOptions();
        Array.ForEach(messages[..100], message => SpanDecoder.Decode(new(limits, texts), message)); // The JIT's turn.
        var started = Stopwatch.GetTimestamp();
        Array.ForEach(messages, message => SpanDecoder.Decode(new(limits, texts), message));
        return MessageCount * SpansPerMessage / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static (double BytesPerSpan, TimeSpan Search) Keep(byte[][] messages)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var stores = new TelemetryStores(limits => limits.MaxSpans = KeptSpans);
        foreach (var message in messages)
        {
            stores.Decoder.Read(TelemetrySignal.Traces, message);
        }

        var kept = stores.Ledger.Read()[TelemetrySignal.Traces].Kept;
        stores.Traces.Search(new() { Text = "nowhere" });
        var started = Stopwatch.GetTimestamp();
        stores.Traces.Search(new() { Text = "nowhere" });
        var search = Stopwatch.GetElapsedTime(started);
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(stores);
        return ((double)bytes / kept, search);
    }

    private static async Task<(double PerSecond, double PerCore)> SendAsync(byte[][] messages, bool isGrpc)
    {
        var (grpcPort, httpPort) = (Ports.Free(), Ports.Free());
        using var console = Start(grpcPort, httpPort);
        try
        {
            using var client =
                new HttpClient { BaseAddress = new($"http://127.0.0.1:{(isGrpc ? grpcPort : httpPort)}") };
            await Eventually.TrueAsync(() =>
                IsUpAsync(client, messages[0], isGrpc), TestContext.Current.CancellationToken);
            await SendAllAsync(client, messages[..50], isGrpc); // The JIT's turn.

            console.Refresh();
            var (started, processor) = (Stopwatch.GetTimestamp(), console.TotalProcessorTime);
            await SendAllAsync(client, messages, isGrpc);
            var elapsed = Stopwatch.GetElapsedTime(started);
            console.Refresh();
            var used = console.TotalProcessorTime - processor;
            return (MessageCount * SpansPerMessage / elapsed.TotalSeconds,
                MessageCount * SpansPerMessage / used.TotalSeconds);
        }
        finally
        {
            console.Kill();
            await console.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    private static Process Start(int grpcPort, int httpPort)
    {
        var program = typeof(AiStack.Console.ConsoleOptions).Assembly.Location;
        var start = new ProcessStartInfo("dotnet", program) { RedirectStandardOutput = true };
        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{Ports.Free()}";
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        start.Environment["Console__ApiKey"] = "sk-bench";
        start.Environment["Identity__SigningKey"] = Convert.ToBase64String(new byte[32]);
        start.Environment["Console__Otlp__GrpcPort"] = $"{grpcPort}";
        start.Environment["Console__Otlp__HttpPort"] = $"{httpPort}";
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        return Process.Start(start)!;
    }

    private static async Task<bool> IsUpAsync(HttpClient client, byte[] message, bool isGrpc)
    {
        try
        {
            await SendOneAsync(client, message, isGrpc);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static Task SendAllAsync(HttpClient client, byte[][] messages, bool isGrpc) => Parallel.ForEachAsync(
        messages,
        new ParallelOptions { MaxDegreeOfParallelism = Senders },
        async (message, _) => await SendOneAsync(client, message, isGrpc));

    private static async Task SendOneAsync(HttpClient client, byte[] message, bool isGrpc)
    {
        var path = isGrpc ? "/opentelemetry.proto.collector.trace.v1.TraceService/Export" : "/v1/traces";
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Version = isGrpc ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(isGrpc ? Frame(message) : message),
        };
        request.Content.Headers.ContentType =
            new MediaTypeHeaderValue(isGrpc ? "application/grpc" : "application/x-protobuf");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
        var answer = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(isGrpc ? 5 : 0, answer.Length); // Anything else is a partial success.
    }

    private static byte[] Frame(byte[] message)
    {
        var frame = new byte[message.Length + 5];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    // Spans of their own ids and times, and of names and values of which some are always the same and some never.
    private static byte[] Message(int number)
    {
        var spans = new ProtoWriter[SpansPerMessage];
        for (var i = 0; i < spans.Length; i++)
        {
            var id = (number * SpansPerMessage) + i + 1;
            var start = Otlp.Noon + ((ulong)id * 1_000_000);
            spans[i] = Otlp.Span((id / SpansPerTrace) + 1, id, $"GET /v1/files/{{id}} {id % 20}")
                .Bytes(4, Convert.FromHexString(Spans.SpanId(id - 1))).Varint(6, 2).Fixed64(7, start)
                    .Fixed64(8, start + 5_000_000);
            for (var attribute = 0; attribute < SpansPerTrace; attribute++)
            {
                var value = attribute < 8 ? $"value {attribute} {id % 10}" : $"/v1/files/file-{id:x16}/{attribute}";
                spans[i].Message(9, Otlp.Pair($"some.attribute.{attribute}", value));
            }
        }

        return Otlp.Envelope(spans);
    }
}
