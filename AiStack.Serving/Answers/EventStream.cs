using System.Net.ServerSentEvents;
using System.Text.Json;
using AiStack.ServiceDefaults;

namespace AiStack.Serving.Answers;

/// <summary>Sends events as they happen (server-sent events, WHATWG HTML 9.2).</summary>
/// <param name="name">The event's name; null for an API that does without.</param>
internal sealed class EventStream<T>(HeldBackEvents<T> events, Func<T, string?> name) : IResult
    where T : class
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache,no-store";
        response.Headers["X-Accel-Buffering"] = "no"; // Proxies of the nginx kind would hold the words back.
        await using (events)
        {
            await SseFormatter.WriteAsync(ItemsAsync(), response.Body, Write, httpContext.RequestAborted);
        }
    }

    private async IAsyncEnumerable<SseItem<T>> ItemsAsync()
    {
        await foreach (var happened in events.AllAsync())
        {
            yield return new(happened, name(happened));
        }
    }

    private static void Write(SseItem<T> item, System.Buffers.IBufferWriter<byte> writer)
    {
        using var json = new Utf8JsonWriter(writer, new() { Encoder = JsonDefaults.Options.Encoder });
        JsonSerializer.Serialize(json, item.Data, item.Data.GetType(), JsonDefaults.Options);
    }
}
