using System.Text.RegularExpressions;
using AiStack.Console.Telemetry;
using AiStack.Console.Telemetry.Logs;
using AiStack.Tests.Console.Telemetry;
using AiStack.Tests.Console.Traces;
using AiStack.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console.StructuredLogs;

/// <summary>Log records with their values as a person reads them, in a real browser.</summary>
public sealed class LogsPageTests(StackFixture stacks, BrowserFixture browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Filters_are_in_the_address_and_only_what_is_like_that_is_listed()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/logs?service=worried");
        var page = watched.Page;
        await TelemetryFile.ImportAsync(
            page, [], Record("worried", "All is well", 9), Record("worried", "Nothing is well", 17));
        await Expect(Messages(page)).ToHaveCountAsync(2);

        await page.Locator("#log-level").SelectOptionAsync("Error");

        await Expect(Messages(page)).ToHaveTextAsync(["Nothing is well"]);
        await Expect(page).ToHaveURLAsync(new Regex(@"logs\?service=worried&level=Error$"));
        await page.GoBackAsync();
        await Expect(Messages(page)).ToHaveCountAsync(2);
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task With_the_keyboard_alone_a_record_is_opened_and_its_markup_is_text()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/logs?service=hostile");
        var page = watched.Page;
        await TelemetryFile.ImportAsync(page, [], Record("hostile", "<img src=x onerror=alert(1)>", 17) with
        {
            Attributes = new(
            [
                new TelemetryAttribute("<b>key</b>", "<script>alert(2)</script>"),
                new TelemetryAttribute("exception.type", "System.IO.IOException"),
            ]),
        });
        await Expect(Messages(page)).ToHaveTextAsync(["<img src=x onerror=alert(1)>"]);

        await page.Locator("[role=grid]").FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator("#log-title")).ToBeFocusedAsync();
        await Expect(page.Locator(".log-panel")).ToContainTextAsync("<script>alert(2)</script>");
        await Expect(page.Locator(".log-panel")).ToContainTextAsync("System.IO.IOException");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("[role=grid]")).ToBeFocusedAsync();
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task A_new_record_waits_while_the_list_is_read_and_leads_to_its_trace()
    {
        var stack = await stacks.StackAsync(Token);
        await using var reader = await browser.OpenAsync(stack, "/logs?service=tailed");
        await using var writer = await browser.OpenAsync(stack, "/logs");
        await TelemetryFile.ImportAsync(writer.Page, [], Record("tailed", "first", 9));
        await Expect(Messages(reader.Page)).ToHaveCountAsync(1);
        await reader.Page.Locator("[role=grid]").FocusAsync();
        await reader.Page.Locator(".live-list[data-held=true]").WaitForAsync();
        var span = Spans.Span(1, 1, service: "tailed", name: "the work") with { TraceId = TelemetryFile.NewTraceId() };

        await TelemetryFile.ImportAsync(
            writer.Page, [span], Record("tailed", "second", 9) with { TraceId = span.TraceId, SpanId = span.SpanId });
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "1 new record" }).ClickAsync();
        await Expect(Messages(reader.Page)).ToHaveCountAsync(2);
        await reader.Page.GetByRole(AriaRole.Link, new() { Name = "Open its trace" }).ClickAsync();

        await Expect(reader.Page.Locator("#span-name")).ToHaveTextAsync("the work");
    }

    [Fact]
    public async Task A_level_that_does_not_exist_is_said()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/logs?level=loud");

        await Expect(watched.Page.GetByText("“level” is “loud”, which is no level")).ToBeVisibleAsync();
    }

    private static ILocator Messages(IPage page) => page.Locator(".row .message");

    private static LogRecord Record(string service, string body, int severity) => new()
    {
        Time = TelemetryStores.Noon, Body = body, SeverityNumber = severity, Resource = Spans.Resource(service),
        Scope = new("AiStack.Tests"),
    };
}
