using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AiStack.Tests.Console.Telemetry.Otlp;
using Xunit;

namespace AiStack.Tests.Console.Telemetry.Exchange;

public sealed class ExchangeEndpointTests
{
    private const string Token = "a-token-of-the-sign-in-link";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_who_is_signed_in_downloads_what_the_parameters_choose()
    {
        await using var console = new TelemetryConsole(("Console:LoginToken", Token));
        using var browser = console.CreateClient();
        using var signIn = await browser.GetAsync($"/login?t={Token}", Cancelled);
        console.Traces.Add([Spans.Span(1, 1, name: "one"), Spans.Span(2, 1, name: "two", lastsMs: 500)]);

        using var all = await browser.GetAsync("/telemetry/export", Cancelled);
        var slow = await browser.GetFromJsonAsync<JsonElement>(
            "/telemetry/export?signals=traces&minDurationMs=100&errorsOnly=false", Cancelled);
        var one = await browser.GetStringAsync($"/telemetry/export?trace={Spans.TraceId(1)}", Cancelled);

        Assert.Equal("application/json", all.Content.Headers.ContentType!.MediaType);
        Assert.EndsWith(".json", all.Content.Headers.ContentDisposition!.FileName!.Trim('"'), StringComparison.Ordinal);
        Assert.Equal(["resourceSpans"], slow.EnumerateObject().Select(property => property.Name));
        Assert.Equal(["two"], Names(slow));
        Assert.Contains(Spans.TraceId(1), one, StringComparison.Ordinal);
        Assert.DoesNotContain(Spans.TraceId(2), one, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_that_is_not_from_our_own_page_is_refused()
    {
        await using var console = new TelemetryConsole(("Console:LoginToken", Token));
        using var browser = console.CreateClient();
        using var signIn = await browser.GetAsync($"/login?t={Token}", Cancelled);

        using var file = new StringContent("""{"resourceSpans":[]}""", Encoding.UTF8, "application/json");
        using var response = await browser.PostAsync("/telemetry/import", file, Cancelled);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private static string[] Names(JsonElement file) =>
        [.. file.GetProperty("resourceSpans").EnumerateArray()
            .SelectMany(resource => resource.GetProperty("scopeSpans").EnumerateArray())
            .SelectMany(scope => scope.GetProperty("spans").EnumerateArray())
            .Select(span => span.GetProperty("name").GetString()!)];
}
