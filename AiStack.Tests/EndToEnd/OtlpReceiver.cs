using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AiStack.Tests.EndToEnd;

/// <summary>A span as it was exported.</summary>
public sealed record ReceivedSpan(string Service, string Scope, string Name, string TraceId);

/// <summary>Receives traces by OTLP over HTTP, as any collector would.</summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedSpan> _spans = new();

    private OtlpReceiver(WebApplication app) => _app = app;

    public string Endpoint => _app.Urls.Single();

    public IReadOnlyCollection<ReceivedSpan> Spans => _spans;

    public static async Task<OtlpReceiver> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new OtlpReceiver(builder.Build());
        receiver._app.MapPost("/v1/traces", receiver.ReceiveAsync);
        receiver._app.MapPost("/v1/{other}", () => Results.Ok());
        await receiver._app.StartAsync(cancellationToken);
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> ReceiveAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        foreach (var resourceSpans in Message.Parse(body.ToArray()).All(1))
        {
            var service = resourceSpans.All(1).SelectMany(resource => resource.All(1))
                .Where(attribute => attribute.Text(1) == "service.name")
                .Select(attribute => attribute.All(2).Single().Text(1)).Single();
            foreach (var scopeSpans in resourceSpans.All(2))
            {
                var scope = scopeSpans.All(1).Single().Text(1);
                foreach (var span in scopeSpans.All(2))
                {
                    _spans.Enqueue(new(service, scope, span.Text(5), Convert.ToHexStringLower(span.Bytes(1))));
                }
            }
        }

        return Results.Ok();
    }

    /// <summary>
    /// A protobuf message, as far as traces need it (https://protobuf.dev/programming-guides/encoding/); the numbers of
    /// the fields are opentelemetry/proto/trace/v1/trace.proto's.
    /// </summary>
    private sealed class Message
    {
        private readonly List<(int Field, byte[] Bytes)> _fields = [];

        public static Message Parse(ReadOnlySpan<byte> bytes)
        {
            var message = new Message();
            while (!bytes.IsEmpty)
            {
                var tag = Varint(ref bytes);
                var length = (tag & 7) switch { 0 => 0, 1 => 8, 5 => 4, _ => (int)Varint(ref bytes) };
                if ((tag & 7) == 0)
                {
                    Varint(ref bytes);
                }

                message._fields.Add(((int)(tag >> 3), bytes[..length].ToArray()));
                bytes = bytes[length..];
            }

            return message;
        }

        public IEnumerable<Message> All(int field) =>
            _fields.Where(item => item.Field == field).Select(item => Parse(item.Bytes));

        public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

        public byte[] Bytes(int field) =>
            _fields.Where(item => item.Field == field).Select(item => item.Bytes).FirstOrDefault([]);

        private static ulong Varint(ref ReadOnlySpan<byte> bytes)
        {
            var (value, shift) = (0ul, 0);
            while (true)
            {
                var next = bytes[0];
                bytes = bytes[1..];
                value |= (ulong)(next & 0x7F) << shift;
                if (next < 0x80)
                {
                    return value;
                }

                shift += 7;
            }
        }
    }
}
