using System.Net.Sockets;
using System.Text;
using AiStack.Tests.EndToEnd;
using AiStack.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console;

/// <summary>A stack whose Gateway prints every request, so that a test can make it print.</summary>
public sealed class TalkativeStack : IAsyncLifetime
{
    private RunningStack? _stack;

    public RunningStack Stack => _stack ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync() => _stack = await RunningStack.StartAsync(
        ["--ephemeral"],
        [new("Logging__LogLevel__Microsoft.AspNetCore.Hosting.Diagnostics", "Information")],
        TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _stack?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>The Console's pages of what the host tells: the parts of the stack, and what they print.</summary>
public sealed class HostPagesTests(TalkativeStack own, BrowserFixture browser) : IClassFixture<TalkativeStack>
{
    private const int EnoughRequests = 1_400;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_service_turns_red_within_three_seconds_and_green_when_it_is_back()
    {
        await using var watched = await browser.OpenAsync(own.Stack, "/resources");
        var row = Row(watched.Page, "serving");

        // A slow machine may miss the time, but not each time.
        var isInTime = false;
        for (var tries = 3; tries > 0 && !isInTime; tries--)
        {
            await Expect(row.Locator(".state-good")).ToBeVisibleAsync();
            await own.Stack.KillPartAsync("serving", Token);
            isInTime = await IsSoAsync(
                limit => Expect(row.Locator(".state-bad")).ToBeVisibleAsync(new() { Timeout = limit }), 3_000);
            await Expect(row.Locator(".state-good")).ToBeVisibleAsync();
        }

        Assert.True(isInTime);
        await Expect(row.Locator("[data-label=Restarts]")).Not.ToHaveTextAsync("0");
        await Expect(watched.Page.Locator(".node-good[data-resource=serving]")).ToHaveCountAsync(1);
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task A_service_is_stopped_only_after_a_confirmation_that_says_who_depends_on_it()
    {
        await using var watched = await browser.OpenAsync(own.Stack, "/resources");
        var page = watched.Page;
        var row = Row(page, "evals");
        var stop = page.GetByRole(AriaRole.Button, new() { Name = "Stop evals" });

        await stop.ClickAsync();
        await Expect(page.GetByText("gateway and console depend on it")).ToBeVisibleAsync();
        await page.Locator("fluent-button", new() { HasText = "Leave it" }).ClickAsync();
        await Expect(page.GetByText("gateway and console depend on it")).ToHaveCountAsync(0);
        await Expect(row).ToContainTextAsync("Running");

        await stop.ClickAsync();
        await page.Locator("fluent-button", new() { HasText = "Stop" }).ClickAsync();
        await Expect(row).ToContainTextAsync("Stopped");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start evals" }).ClickAsync();
        await Expect(row).ToContainTextAsync("Running");
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task An_unhealthy_service_names_the_check_that_fails()
    {
        await using var watched = await browser.OpenAsync(own.Stack, "/resources");
        await own.Stack.StopPartAsync("cache", Token);

        await Expect(Row(watched.Page, "cache")).ToContainTextAsync("Stopped");
        await Expect(Row(watched.Page, "gateway")).ToContainTextAsync("Unhealthy");
        await Expect(Row(watched.Page, "gateway").Locator(".row-error")).ToHaveTextAsync("cache: Unhealthy");

        await own.Stack.StartPartAsync("cache", Token);
        await Expect(Row(watched.Page, "gateway").Locator(".state-good")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_details_hold_the_environment_and_no_secret()
    {
        await using var watched = await browser.OpenAsync(own.Stack, "/resources");
        var page = watched.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "gateway", Exact = true }).ClickAsync();

        var details = page.GetByRole(AriaRole.Complementary);
        await Expect(details).ToContainTextAsync("ConnectionStrings__aistack");
        await Expect(details).ToContainTextAsync("Password=••••");
        await Expect(details).ToContainTextAsync($"{own.Stack.Processes()["gateway"]}");
        Assert.DoesNotContain(own.Stack.Key, await page.ContentAsync(), StringComparison.Ordinal);

        await watched.AssertFitsAndIsAccessibleAsync(Token);
        await page.Keyboard.PressAsync("Escape");
        await Expect(details).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_hostile_line_is_followed_live_as_text_and_can_be_searched_and_downloaded()
    {
        const string Hostile = "<script>alert(1)</script><img/src=x/onerror=alert(2)>";
        await using var watched = await browser.OpenAsync(own.Stack, "/console-logs?resource=gateway");
        var page = watched.Page;
        var log = page.GetByRole(AriaRole.Region, new() { Name = "Lines" });
        await Expect(log.Locator(".ink-2").First).ToHaveTextAsync("info");

        await IsFollowedAsync($"/alive?{Hostile}", log.GetByText(Hostile));
        await page.GetByLabel("Only lines with").PressSequentiallyAsync("ONERROR=");
        await Expect(log.Locator(".line")).Not.ToHaveCountAsync(0);
        await Expect(log.Locator(".line").Filter(new() { HasNotText = Hostile })).ToHaveCountAsync(0);

        var download = await page.RunAndWaitForDownloadAsync(
            () => page.GetByRole(AriaRole.Link, new() { Name = "Download" }).ClickAsync());
        var lines = await File.ReadAllLinesAsync((await download.PathAsync())!, Token);
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Contains(Hostile, line, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.DoesNotContain('\e', line));
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task Thousands_of_lines_are_followed_with_only_those_in_view_on_the_page()
    {
        await using var watched = await browser.OpenAsync(own.Stack, "/console-logs?resource=gateway");
        var page = watched.Page;
        await Parallel.ForAsync(0, EnoughRequests, Token, async (i, _) => await RequestAsync($"/alive?{i}"));

        await Expect(page.Locator(".counts")).ToHaveTextAsync("5,000 lines");
        await IsFollowedAsync("/alive?the-last-of-them", page.GetByText("the-last-of-them"));
        Assert.InRange(await page.Locator(".line").CountAsync(), 10, 300);
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task A_paused_page_stands_still_and_counts_what_it_has_missed()
    {
        await using var watched = await browser.OpenAsync(own.Stack, "/console-logs?resource=gateway");
        var page = watched.Page;
        await Expect(page.Locator(".line").First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(page.Locator(".counts")).ToContainTextAsync("paused");

        await page.GetByRole(AriaRole.Region, new() { Name = "Lines" }).DispatchEventAsync("scroll");
        await RequestAsync("/alive?while-paused");
        await Expect(page.Locator(".counts")).ToContainTextAsync("new line");
        await Expect(page.GetByText("while-paused")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Follow" }).ClickAsync();

        await Expect(page.GetByText("while-paused").First).ToBeVisibleAsync();
    }

    private static ILocator Row(IPage page, string resource) => page.Locator($"tr[data-resource={resource}]");

    /// <summary>
    /// Asks until the line that the Gateway prints is seen: what else it prints may take it out of view in a moment.
    /// </summary>
    private Task IsFollowedAsync(string target, ILocator line) => Eventually.TrueAsync(
        async () =>
        {
            await RequestAsync(target);
            return await IsSoAsync(
                limit => Expect(line.First).ToBeInViewportAsync(new() { Timeout = limit }), 5_000);
        },
        Token);

    private static async Task<bool> IsSoAsync(Func<float, Task> expect, float limit)
    {
        try
        {
            await expect(limit);
            return true;
        }
        catch (PlaywrightException)
        {
            return false;
        }
    }

    // As no client would send it: one would escape what is not allowed in an address.
    private async Task RequestAsync(string target)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(own.Stack.Api.Host, own.Stack.Api.Port, Token);
        await using var stream = client.GetStream();
        var request = $"GET {target} HTTP/1.1\r\nHost: {own.Stack.Api.Authority}\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Token);
        using var reader = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 200", await reader.ReadToEndAsync(Token), StringComparison.Ordinal);
    }
}
