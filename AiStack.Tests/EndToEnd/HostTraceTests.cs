using System.Net.Http.Json;
using System.Text.Json;
using AiStack.ServiceDefaults.Telemetry;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.EndToEnd;

/// <summary>One trace tells the whole of a question.</summary>
public sealed class HostTraceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_question_is_one_trace_from_the_gateway_to_postgres()
    {
        await using var receiver = await OtlpReceiver.StartAsync(Token);
        string[] settings =
        [
            $"--OTEL_EXPORTER_OTLP_ENDPOINT={receiver.Endpoint}",
            "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
            "--OTEL_BSP_SCHEDULE_DELAY=100",
        ];
        await using var stack = await RunningStack.StartAsync(settings, Token);
        using var client = stack.CreateClient();
        using var made = await client.PostAsJsonAsync("/v1/vector_stores", new { name = "traced" }, Token);
        var store = (await made.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("id").GetString();

        var traceId = Guid.CreateVersion7().ToString("N");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/responses");
        request.Headers.Add("traceparent", $"00-{traceId}-00f067aa0ba902b7-01");
        request.Content = JsonContent.Create(new
        {
            model = "default", input = "Who pays?",
            tools = new[] { new { type = "file_search", vector_store_ids = new[] { store } } },
        });
        using var response = await client.SendAsync(request, Token);
        response.EnsureSuccessStatusCode();

        var spans = await Eventually.ReadAsync(
            () => Task.FromResult(receiver.Spans.Where(span => span.TraceId == traceId).ToList()),
            found => new[] { "gateway", "serving", "retrieval" }
                .All(service => found.Any(span => span.Service == service))
                && found.Any(span => span is { Service: "retrieval", Scope: "Npgsql" })
                && found.Any(span => span is { Service: "serving", Scope: StatementSpans.SourceName })
                && found.Any(IsOfTheModel));

        Assert.Single(spans, IsOfTheModel);
    }

    private static bool IsOfTheModel(ReceivedSpan span) =>
        span.Service == "serving" && span.Name.StartsWith("chat ", StringComparison.Ordinal);
}
