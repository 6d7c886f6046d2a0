using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using AiStack.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console.Metrics;

/// <summary>The metrics of a running stack, as a person looks at them.</summary>
public sealed class MetricsPageTests(StackFixture stacks, BrowserFixture browser)
{
    private const string Latency =
        "/metrics?service=gateway&meter=Microsoft.AspNetCore.Hosting&name=http.server.request.duration";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_instrument_is_found_by_search_and_shows_its_percentiles()
    {
        var stack = await UsedStackAsync();
        await using var watched = await browser.OpenAsync(stack, "/metrics");
        var page = watched.Page;

        // Letter by letter, faster than the page can answer each.
        var search = page.GetByLabel("Search by name, unit or what it is");
        await search.PressSequentiallyAsync("time_to_first_token");
        await Expect(search).ToHaveValueAsync("time_to_first_token");
        await page.GetByRole(AriaRole.Link, new() { Name = "gen_ai.server.time_to_first_token" }).First.ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("name=gen_ai.server.time_to_first_token"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "gen_ai.server.time_to_first_token" }))
            .ToBeVisibleAsync();
        await Expect(page.Locator(".panel .u-legend").First).ToContainTextAsync("p95");
        await Expect(page.Locator(".panel")).ToContainTextAsync("histogram · in s");
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task A_chart_is_split_and_filtered_and_its_address_shows_the_same_again()
    {
        var stack = await UsedStackAsync();
        await using var watched = await browser.OpenAsync(stack, Latency);
        var page = watched.Page;

        await page.GetByLabel("Split by").SelectOptionAsync("http.request.method");
        await Expect(page.Locator(".panel .u-legend").First).ToContainTextAsync("POST");
        await page.Locator("summary", new() { HasText = "http.request.method" }).ClickAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "POST" }).CheckAsync();
        await Expect(page).ToHaveURLAsync(new Regex("split=http.request.method.*where=http.request.method%3DPOST"));
        await Expect(page.Locator(".panel .u-legend").First).Not.ToContainTextAsync("GET");

        await using var shared = await browser.OpenAsync(stack, page.Url);
        await Expect(shared.Page.GetByLabel("Split by")).ToHaveValueAsync("http.request.method");
        await Expect(shared.Page.Locator("summary", new() { HasText = "http.request.method = POST" }))
            .ToBeVisibleAsync();

        await page.GoBackAsync();
        await Expect(page.Locator(".panel .u-legend").First).ToContainTextAsync("GET");
        await page.GoBackAsync();
        await Expect(page.GetByLabel("Split by")).ToHaveValueAsync("");
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task An_exemplar_leads_to_the_trace_in_which_it_was_measured()
    {
        var stack = await UsedStackAsync();
        await using var watched = await browser.OpenAsync(stack, Latency);

        // Otherwise a request of another test could put its own exemplar first between the look and the press.
        var exemplar = watched.Page.Locator(".exemplars a").First;
        await Expect(exemplar).ToBeVisibleAsync();
        await watched.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(watched.Page.GetByText("Paused at")).ToBeVisibleAsync();
        await Expect(exemplar).ToHaveAttributeAsync("href", new Regex("^traces/[0-9a-f]{32}$"));
        var href = await exemplar.GetAttributeAsync("href");
        await exemplar.ClickAsync();

        await Expect(watched.Page).ToHaveURLAsync(new Regex(Regex.Escape(href!)));
    }

    [Fact]
    public async Task New_requests_are_counted_while_the_page_is_open_and_not_while_it_is_paused()
    {
        var stack = await UsedStackAsync();
        // Nothing else in the tests speaks HTTP/1.0.
        await using var watched = await browser.OpenAsync(stack, $"{Latency}&where=network.protocol.version%3D1.0");
        var page = watched.Page;
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "http.server.request.duration" }))
            .ToBeVisibleAsync();
        var rows = page.Locator(".dimensions");
        await Expect(rows).ToHaveCountAsync(0);

        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(page.GetByText("Paused at")).ToBeVisibleAsync();
        using var client = stack.CreateClient();
        using var old = new HttpRequestMessage(HttpMethod.Get, "/v1/files") { Version = HttpVersion.Version10 };
        using var answer = await client.SendAsync(old, Token);
        await using var live = await browser.OpenAsync(stack, page.Url);
        await Expect(live.Page.Locator(".dimensions")).Not.ToHaveCountAsync(0);
        await Expect(rows).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Paused" }).ClickAsync();

        await Expect(rows).Not.ToHaveCountAsync(0);
    }

    [Fact]
    public async Task What_is_pinned_stays_beside_what_is_looked_at_next()
    {
        var stack = await UsedStackAsync();
        await using var watched = await browser.OpenAsync(stack, Latency);
        var page = watched.Page;

        await page.GetByRole(AriaRole.Link, new() { Name = "Pin", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Side by side" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "http.server.active_requests" }).First.ClickAsync();

        await Expect(page.Locator("#instrument")).ToHaveTextAsync("http.server.active_requests");
        await Expect(page.Locator(".metric-card")).ToContainTextAsync("http.server.request.duration");
        await page.GetByRole(AriaRole.Link, new() { Name = "Unpin http.server.request.duration" }).ClickAsync();
        await Expect(page.Locator(".metric-card")).ToHaveCountAsync(0);
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task An_instrument_that_nobody_reports_says_so()
    {
        var stack = await UsedStackAsync();
        await using var watched = await browser.OpenAsync(
            stack, "/metrics?service=x&name=%3Cscript%3Ealert(1)%3C%2Fscript%3E");

        await Expect(watched.Page.GetByText("Nothing is kept of it")).ToBeVisibleAsync();
        await Expect(watched.Page.GetByRole(AriaRole.Heading, new() { Name = "<script>alert(1)</script>" }))
            .ToBeVisibleAsync();
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task What_the_Console_asks_by_itself_is_marked_as_such()
    {
        var stack = await UsedStackAsync();
        await using var watched = await browser.OpenAsync(stack, $"{Latency}&where=user_agent.synthetic.type%3Dtest");

        await Expect(watched.Page.Locator(".dimensions").Filter(new() { HasText = "/v1/files" }))
            .Not.ToHaveCountAsync(0);
        await Expect(watched.Page.Locator(".dimensions").Filter(new() { HasText = "POST" })).ToHaveCountAsync(0);
        await Expect(watched.Page.Locator(".exemplars")).ToHaveCountAsync(0);
    }

    private async Task<RunningStack> UsedStackAsync()
    {
        var stack = await stacks.StackAsync(Token);
        using var client = stack.CreateClient();
        using var answer = await client.PostAsJsonAsync(
            "/v1/responses", new { model = "default", input = "Hello?" }, Token);
        answer.EnsureSuccessStatusCode();
        return stack;
    }
}
