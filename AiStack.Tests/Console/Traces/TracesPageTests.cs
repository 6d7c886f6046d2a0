using System.Text.RegularExpressions;
using AiStack.Console.Telemetry.Traces;
using AiStack.Tests.Console.Telemetry;
using AiStack.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console.Traces;

/// <summary>The list of traces as a person uses it, in a real browser.</summary>
public sealed class TracesPageTests(StackFixture stacks, BrowserFixture browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Filters_are_in_the_address_and_the_back_button_takes_them_back()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/traces");
        var page = watched.Page;
        await TelemetryFile.ImportAsync(
            page, [Trace("filtered", "quick", 5), Trace("filtered", "slow", 500), Trace("other", "slow", 500)]);

        await page.Locator("#trace-service").SelectOptionAsync("filtered");
        await Expect(Rows(page)).ToHaveCountAsync(2);
        await page.Locator("#trace-min").FillAsync("100ms");
        await page.Locator("#trace-min").PressAsync("Enter");
        await Expect(Rows(page)).ToHaveCountAsync(1);
        await Expect(page).ToHaveURLAsync(new Regex(@"traces\?service=filtered&min=100ms$"));

        await page.ReloadAsync();
        await Expect(Rows(page)).ToHaveCountAsync(1);
        await Expect(page.Locator("#trace-min")).ToHaveValueAsync("100ms");
        await page.GoBackAsync();
        await Expect(Rows(page)).ToHaveCountAsync(2);
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task A_filter_that_cannot_be_read_is_said_in_the_field_and_in_the_address()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/traces?min=soon");
        var page = watched.Page;

        await Expect(page.GetByText("“min” is “soon”, which is no length of time")).ToBeVisibleAsync();
        await page.Locator("#trace-max").FillAsync("later");
        await page.Locator("#trace-max").PressAsync("Enter");

        await Expect(page.GetByText("Write a length of time like 250ms")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_new_trace_waits_while_the_pointer_is_in_the_list_and_comes_when_it_is_asked_for()
    {
        var stack = await stacks.StackAsync(Token);
        await using var reader = await browser.OpenAsync(stack, "/traces?service=held");
        await using var writer = await browser.OpenAsync(stack, "/traces");
        await TelemetryFile.ImportAsync(writer.Page, [Trace("held", "first", 5)]);
        await Expect(Rows(reader.Page)).ToHaveCountAsync(1);

        await Rows(reader.Page).First.HoverAsync();
        await reader.Page.Locator(".live-list[data-held=true]").WaitForAsync();
        await TelemetryFile.ImportAsync(writer.Page, [Trace("held", "second", 5, startMs: 1_000)]);
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "1 new trace" }).ClickAsync();

        await Expect(Rows(reader.Page)).ToHaveTextAsync(["second", "first"]);
    }

    [Fact]
    public async Task While_the_list_is_paused_nothing_comes_in()
    {
        var stack = await stacks.StackAsync(Token);
        await using var reader = await browser.OpenAsync(stack, "/traces?service=paused");
        await using var writer = await browser.OpenAsync(stack, "/traces");
        await TelemetryFile.ImportAsync(writer.Page, [Trace("paused", "first", 5)]);
        await Expect(Rows(reader.Page)).ToHaveCountAsync(1);
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(reader.Page.GetByRole(AriaRole.Button, new() { Name = "Paused" })).ToBeVisibleAsync();

        await TelemetryFile.ImportAsync(writer.Page, [Trace("paused", "second", 5)]);
        await Expect(reader.Page.GetByRole(AriaRole.Button, new() { Name = "1 new trace" })).ToBeVisibleAsync();
        await Expect(Rows(reader.Page)).ToHaveCountAsync(1);
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Paused" }).ClickAsync();

        await Expect(Rows(reader.Page)).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Marking_bars_of_the_histogram_filters_by_their_durations()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/traces?service=marked");
        var page = watched.Page;
        await TelemetryFile.ImportAsync(page, [Trace("marked", "quick", 1), Trace("marked", "slow", 900)]);
        await Expect(Rows(page)).ToHaveCountAsync(2);

        var area = (await page.Locator(".durations .u-over").BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(area.X + (area.Width * 0.8f), area.Y + 10);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(area.X + area.Width - 2, area.Y + 20, new() { Steps = 4 });
        await page.Mouse.UpAsync();

        await Expect(Rows(page)).ToHaveTextAsync(["slow"]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Show all durations" }).ClickAsync();
        await Expect(Rows(page)).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task A_file_that_is_no_telemetry_is_refused_with_the_reason()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/traces");

        await TelemetryFile.ChooseAsync(watched.Page, "not a file of traces"u8.ToArray());

        await Expect(watched.Page.GetByText("The file is not OTLP/JSON.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Names_are_shown_and_never_run()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/traces?q=onerror");
        var page = watched.Page;
        await TelemetryFile.ImportAsync(page, [Trace("<script>alert(1)</script>", "<img src=x onerror=alert(2)>", 5)]);

        await Expect(Rows(page)).ToHaveTextAsync(["<img src=x onerror=alert(2)>"]);
        await Expect(page.Locator(".traces .service").First).ToHaveTextAsync("<script>alert(1)</script>");
        Assert.Empty(watched.Complaints);
    }

    private static ILocator Rows(IPage page) => page.Locator(".traces .name a");

    private static Span Trace(string service, string name, double lastsMs, double startMs = 0) =>
        Spans.Span(1, 1, service: service, name: name, startMs: startMs, lastsMs: lastsMs) with
        {
            TraceId = TelemetryFile.NewTraceId(),
        };
}
