using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using AiStack.Serving.Engines;
using AiStack.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace AiStack.Tests.Serving;

/// <summary>OpenTelemetry's conventions for GenAI, and no text of people in them.</summary>
public sealed class ServingTelemetryTests(ServingFixture serving) : IClassFixture<ServingFixture>
{
    private const string Secret = "Wolpertinger";

    [Fact]
    public async Task An_answer_has_a_span_with_its_model_and_tokens_and_without_its_words()
    {
        serving.Retrieval.Always(Found.Search(.9, Found.Passage($"The code word is {Secret}.", .9)));
        var spans = new ConcurrentBag<Activity>();
        using var listener = Listen(spans);

        await AskAsync(serving.Service);

        // Other tests have their spans, too.
        Assert.Contains(
            spans,
            span => Equals(span.GetTagItem("gen_ai.request.model"), "extractive")
                && Equals(span.GetTagItem("gen_ai.operation.name"), "chat")
                && span.GetTagItem("gen_ai.provider.name") is "aistack"
                && span.GetTagItem("gen_ai.response.model") is string { Length: > 0 }
                && span.GetTagItem("gen_ai.response.id") is string { Length: > 0 }
                && span.GetTagItem("gen_ai.usage.input_tokens") is > 0
                && span.GetTagItem("gen_ai.usage.output_tokens") is > 0);
        Assert.DoesNotContain(
            Told(spans), value => value?.Contains(Secret, StringComparison.OrdinalIgnoreCase) == true);
    }

    [Theory]
    [InlineData("Production", null, "true")]
    [InlineData("Production", "true", null)]
    [InlineData("Production", "span_only", null)]
    [InlineData("Development", null, null)]
    public async Task Where_content_is_captured_the_span_of_an_answer_has_the_conversation(
        string environment, string? standard, string? own)
    {
        await using var capturing = serving.Start(Capturing(environment, standard, own));
        serving.Retrieval.Always(Found.Search(.9, Found.Passage($"The code word is {Secret}.", .9)));
        var spans = new ConcurrentBag<Activity>();
        using var listener = Listen(spans);

        await AskAsync(capturing);

        var span = spans.First(span => span.GetTagItem("gen_ai.output.messages") is not null);
        Assert.Contains(
            $"Is the code word {Secret}?",
            span.GetTagItem("gen_ai.input.messages")!.ToString(),
            StringComparison.Ordinal);
        Assert.Contains(
            $"The code word is {Secret}.",
            span.GetTagItem("gen_ai.output.messages")!.ToString(),
            StringComparison.Ordinal);
        Assert.Contains(
            "file_search", span.GetTagItem("gen_ai.tool.definitions")!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Production", null, null)]
    [InlineData("Production", "false", null)]
    [InlineData("Production", "event_only", null)]
    [InlineData("Production", "true", "false")]
    [InlineData("Development", "false", null)]
    [InlineData("Development", null, "false")]
    public async Task Where_content_is_not_captured_nothing_of_a_prompt_a_passage_or_an_answer_leaves(
        string environment, string? standard, string? own)
    {
        await using var silent = serving.Start(Capturing(environment, standard, own));
        serving.Retrieval.Always(Found.Search(.9, Found.Passage($"The code word is {Secret}.", .9)));
        var spans = new ConcurrentBag<Activity>();
        using var listener = Listen(spans);

        await AskAsync(silent);

        Assert.Contains(spans, span => Equals(span.GetTagItem("gen_ai.operation.name"), "chat"));
        Assert.DoesNotContain(
            Told(spans), value => value?.Contains(Secret, StringComparison.OrdinalIgnoreCase) == true);
    }

    [Fact]
    public async Task What_a_models_server_repeats_of_the_prompt_in_its_error_is_in_no_log_and_no_span()
    {
        serving.Upstream.Always(new { error = new { message = $"Cannot answer: Is the code word {Secret}?" } }, 500);
        var spans = new ConcurrentBag<Activity>();
        using var listener = Listen(spans);
        await using var service = serving.Start();
        await using var logged = service.WithWebHostBuilder(
            host => host.ConfigureServices(services => services.AddLogging(logging => logging.AddFakeLogging())));
        using var known = service.CreateClient(PostgresFixture.NewProject());
        using var client = logged.CreateClient();
        client.DefaultRequestHeaders.Authorization = known.DefaultRequestHeaders.Authorization;

        using var response = await client.PostAsJsonAsync(
            "/v1/responses",
            new { model = "openai", input = $"Is the code word {Secret}?" },
            TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        var written = logged.Services.GetFakeLogCollector().GetSnapshot()
            .Select(log => $"{log.Message} {log.Exception}").ToList();
        Assert.Contains(written, log => log.Contains("gave no answer", StringComparison.Ordinal));
        Assert.DoesNotContain(written, log => log.Contains(Secret, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(
            Told(spans), value => value?.Contains(Secret, StringComparison.OrdinalIgnoreCase) == true);
    }

    [Theory]
    [InlineData("gen_ai.client.operation.duration")]
    [InlineData("gen_ai.client.token.usage")]
    [InlineData("gen_ai.server.time_to_first_token")]
    [InlineData("aistack.serving.answers")]
    public async Task An_answer_is_measured(string name)
    {
        serving.Retrieval.Always(Found.Search(.9, Found.Passage($"The code word is {Secret}.", .9)));
        var measured = new ConcurrentBag<double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == name && instrument.Meter.Name == "AiStack.Serving")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => measured.Add(value));
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => measured.Add(value));
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => measured.Add(value));
        listener.Start();

        await AskAsync(serving.Service);

        Assert.Contains(measured, value => value > 0);
    }

    private static (string Key, string Value)[] Capturing(string environment, string? standard, string? own) =>
    [
        ("environment", environment),
        ("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", standard ?? ""),
        .. own is null ? Array.Empty<(string, string)>() : [("Telemetry:CaptureContent", own)],
    ];

    // Everything that a span says: its status, its values and those of its events.
    private static IEnumerable<string?> Told(IEnumerable<Activity> spans) => spans.SelectMany(span =>
        span.TagObjects.Concat(span.Events.SelectMany(happened => happened.Tags))
            .Select(tag => tag.Value?.ToString())
            .Append(span.StatusDescription));

    private static ActivityListener Listen(ConcurrentBag<Activity> spans)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("AiStack", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static async Task AskAsync(ServiceFactory<EngineCatalog> service)
    {
        using var client = service.CreateClient(PostgresFixture.NewProject());
        using var response = await client.PostAsJsonAsync(
            "/v1/responses",
            new
            {
                model = "default",
                input = $"Is the code word {Secret}?",
                tools = new[] { new { type = "file_search", vector_store_ids = new[] { Found.Store.ToString() } } },
            },
            TestContext.Current.CancellationToken);
        Assert.Contains(
            Secret,
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }
}
