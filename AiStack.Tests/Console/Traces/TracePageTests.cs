using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using AiStack.Console.Telemetry;
using AiStack.Console.Telemetry.Traces;
using AiStack.Tests.Console.Telemetry;
using AiStack.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console.Traces;

/// <summary>One trace as a person reads it, in a real browser.</summary>
public sealed class TracePageTests(StackFixture stacks, BrowserFixture browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_question_is_followed_from_ask_to_its_waterfall_its_model_and_its_logs()
    {
        var stack = await stacks.StackAsync(Token);
        using var client = stack.CreateClient();
        using var made = await client.PostAsJsonAsync("/v1/vector_stores", new { name = "Traced by eye" }, Token);
        var store = (await made.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("id").GetString()!;
        await using var watched = await browser.OpenAsync(stack, "/ask");
        var page = watched.Page;
        await page.Locator("#store-picker").SelectOptionAsync(store);
        await page.AskAsync("Who pays for the lamp?");

        await page.GetByRole(AriaRole.Link, new() { Name = "Trace", Exact = true }).ClickAsync();

        foreach (var service in new[] { "gateway", "serving", "retrieval" })
        {
            await Expect(page.Locator(".facts .service").Filter(new() { HasText = service })).ToBeVisibleAsync();
        }

        await Expect(page.Locator("[role=row][aria-level]").Filter(new() { HasText = "chat extractive" }))
            .ToHaveCountAsync(1);
        await page.Locator("#find-span").PressSequentiallyAsync("chat");
        await page.Locator("#find-span").PressAsync("Enter");
        await Expect(page.Locator(".row.is-current")).ToContainTextAsync("chat extractive");
        await page.Locator(".row.is-current").ClickAsync();
        var details = page.Locator(".span-panel");
        await Expect(details.GetByText("Tokens in", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(details.GetByText("Its words are not recorded.")).ToBeVisibleAsync();
        await details.GetByRole(AriaRole.Button, new() { Name = "Close the details" }).ClickAsync();
        await page.Locator(".trace-links a").First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Structured logs" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Back to the trace" }).ClickAsync();
        await Expect(page.Locator("[role=treegrid]")).ToBeVisibleAsync();
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task With_the_keyboard_alone_rows_are_walked_closed_and_opened()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/traces");
        var page = watched.Page;
        await OpenAsync(page, Question());
        await page.Locator("[role=treegrid]").FocusAsync();

        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(Current(page)).ToContainTextAsync("search");
        await page.Keyboard.PressAsync("ArrowLeft");
        await Expect(Current(page)).ToHaveAttributeAsync("aria-expanded", "false");
        await Expect(page.Locator("[role=row][aria-level]")).ToHaveCountAsync(3);
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("End");
        await Expect(Current(page)).ToContainTextAsync("chat");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator("#span-name")).ToBeFocusedAsync();
        await Expect(page.Locator(".span-panel")).ToContainTextAsync("The upstream is away");
        await Expect(page.Locator(".span-panel")).ToContainTextAsync("System.TimeoutException");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator(".span-panel")).ToHaveCountAsync(0);
        await Expect(page.Locator("[role=treegrid]")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_trace_that_has_not_arrived_is_explained_and_shows_itself_when_it_comes_and_grows()
    {
        var stack = await stacks.StackAsync(Token);
        var spans = Question();
        await using var writer = await browser.OpenAsync(stack, "/traces");
        await using var reader = await browser.OpenAsync(stack, $"/traces/{spans[0].TraceId}?span={spans[3].SpanId}");
        await Expect(reader.Page.GetByText("This trace is not here")).ToBeVisibleAsync();

        await TelemetryFile.ImportAsync(writer.Page, spans[..2]);
        await Expect(reader.Page.Locator("[role=row][aria-level]")).ToHaveCountAsync(2);
        await TelemetryFile.ImportAsync(writer.Page, spans[2..]);

        await Expect(reader.Page.Locator("[role=row][aria-level]")).ToHaveCountAsync(4);
        await Expect(reader.Page.Locator("#span-name")).ToHaveTextAsync("chat");
    }

    [Fact]
    public async Task An_address_without_a_trace_id_says_what_one_looks_like()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/traces/%3Cb%3Enone");

        await Expect(watched.Page.GetByText("This is no trace id")).ToBeVisibleAsync();
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task Work_that_was_done_later_is_linked_both_ways()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/traces");
        var page = watched.Page;
        var asked = Spans.Span(1, 1, name: "POST /v1/files") with { TraceId = TelemetryFile.NewTraceId() };
        var done = Spans.Span(1, 2, name: "process a file", service: "ingest") with
        {
            TraceId = TelemetryFile.NewTraceId(), Links = [new(asked.TraceId, asked.SpanId, default)],
        };
        await TelemetryFile.ImportAsync(page, [asked, done]);

        await page.GotoAsync($"/traces/{asked.TraceId}");
        await page.Locator(".linked").GetByRole(AriaRole.Link, new() { Name = "process a file" }).ClickAsync();
        await Expect(page.Locator("#span-name")).ToHaveTextAsync("process a file");
        await page.Locator(".links").GetByRole(AriaRole.Link, new() { Name = "POST /v1/files" }).ClickAsync();

        await Expect(page.Locator("#span-name")).ToHaveTextAsync("POST /v1/files");
    }

    [Fact]
    public async Task A_trace_of_many_thousand_spans_is_in_the_browser_only_where_somebody_looks()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/traces");
        var page = watched.Page;
        var id = TelemetryFile.NewTraceId();
        var spans = Enumerable.Range(1, 9_000).Select(number => Spans.Span(
            1, number, parent: number == 1 ? null : 1, name: $"part {number}", startMs: number));
        await OpenAsync(page, [.. spans.Select(span => span with { TraceId = id })]);

        await page.Locator("[role=treegrid]").FocusAsync();
        await page.Keyboard.PressAsync("End");

        await Expect(Current(page)).ToContainTextAsync("part 9000");
        Assert.InRange(await page.Locator("[role=row][aria-level]").CountAsync(), 1, 200);

        await page.GetByRole(AriaRole.Row).Filter(new() { HasText = "part 8990" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("span="));
        await page.ReloadAsync();
        await Expect(Current(page)).ToContainTextAsync("part 8990");
        await Expect(Current(page)).ToBeInViewportAsync();
    }

    [Fact]
    public async Task A_trace_and_its_details_fit_a_phone_in_both_themes_and_are_accessible()
    {
        var stack = await stacks.StackAsync(Token);
        var spans = Question();
        await using (var writer = await browser.OpenAsync(stack, "/traces"))
        {
            await TelemetryFile.ImportAsync(writer.Page, spans);
        }

        foreach (var theme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await using var watched = await browser.OpenAsync(
                stack, $"/traces/{spans[0].TraceId}?span={spans[3].SpanId}", theme, width: 390);
            await Expect(watched.Page.Locator("#span-name")).ToBeVisibleAsync();
            await Expect(Current(watched.Page)).ToHaveCountAsync(1);

            await watched.AssertFitsAndIsAccessibleAsync(Token);
        }
    }

    private static async Task OpenAsync(IPage page, Span[] spans)
    {
        await TelemetryFile.ImportAsync(page, spans);
        await page.GotoAsync($"/traces/{spans[0].TraceId}");
        await page.Locator(".frame:not([aria-busy]) [role=row][aria-level]").First.WaitForAsync();
    }

    private static ILocator Current(IPage page) => page.Locator("[role=row][aria-selected=true]");

    // MadeTraces.Question, under an id of its own, with an exception in its last span.
    private static Span[] Question()
    {
        var id = TelemetryFile.NewTraceId();
        return [.. MadeTraces.Question().Rows.Select(row => row.Span with
        {
            TraceId = id,
            StatusMessage = row.Span.Status == SpanStatus.Error ? "The upstream is away" : null,
            Events = row.Span.Status != SpanStatus.Error ? [] :
            [
                new(row.Span.Start, "exception", new(
                [
                    new TelemetryAttribute("exception.type", "System.TimeoutException"),
                    new TelemetryAttribute("exception.stacktrace", "at <b>Somewhere</b>()"),
                ])),
            ],
        })];
    }
}
