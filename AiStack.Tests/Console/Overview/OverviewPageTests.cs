using System.Net.Http.Json;
using System.Text.RegularExpressions;
using AiStack.Tests.EndToEnd;
using AiStack.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console.Overview;

/// <summary>The first page of a stack in use.</summary>
public sealed class OverviewPageTests(StackFixture stacks, BrowserFixture browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Questions_are_counted_over_the_time_in_the_address_by_model_key_store_and_time()
    {
        var stack = await stacks.StackAsync(Token);
        await AskAsync(stack, 3);
        await using var watched = await browser.OpenAsync(stack, "/?range=hour&by=key");
        var page = watched.Page;

        await Expect(Tile(page, "Latency (p95)")).ToContainTextAsync("half within");
        await Expect(Tile(page, "First words (p95)")).ToContainTextAsync("half within");
        await Expect(Tile(page, "Cost")).ToContainTextAsync("0 USD");
        await Expect(Tile(page, "Waiting work")).ToBeVisibleAsync();
        await Expect(Tile(page, "Requests").Locator(".uplot")).ToBeVisibleAsync();
        await Expect(Row(page, "Development")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Last 7 days" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("range=week&by=key$"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Last 7 days in numbers" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Store", Exact = true }).ClickAsync();
        await Expect(Row(page, "Without sources")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Model", Exact = true }).ClickAsync();
        await Expect(Row(page, "extractive")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Time", Exact = true }).ClickAsync();
        await Expect(page.Locator(".usage tbody tr")).ToHaveCountAsync(1);
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task New_questions_move_the_numbers_and_a_tile_leads_to_the_details()
    {
        var stack = await stacks.StackAsync(Token);
        await AskAsync(stack, 1);
        await using var watched = await browser.OpenAsync(stack, "/");
        var figure = Tile(watched.Page, "Requests").Locator(".tile-figure");
        var before = await CountAsync(figure);

        await AskAsync(stack, 5);

        await Eventually.TrueAsync(async () => await CountAsync(figure) >= before + 5, Token);
        await Tile(watched.Page, "Requests").GetByRole(AriaRole.Link).ClickAsync();
        await Expect(watched.Page.GetByRole(AriaRole.Heading, new() { Name = "Usage", Exact = true }))
            .ToBeVisibleAsync();
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task All_layers_answer_and_the_page_says_what_to_do_next()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/");

        await Expect(watched.Page.GetByRole(AriaRole.Heading, new() { Name = "Your AI stack" })).ToBeVisibleAsync();
        await Expect(watched.Page.Locator(".layer .state-good")).ToHaveCountAsync(5);
        await Expect(watched.Page.GetByRole(AriaRole.Link, new() { Name = "Ask a question" })).ToBeVisibleAsync();
        Assert.Empty(watched.Complaints);
    }

    private static ILocator Tile(IPage page, string title) => page.Locator(".tile").Filter(new()
    {
        Has = page.GetByRole(AriaRole.Heading, new() { Name = title, Exact = true }),
    });

    private static ILocator Row(IPage page, string text) =>
        page.Locator(".usage tbody tr").Filter(new() { HasText = text });

    private static async Task<int> CountAsync(ILocator figure) => int.Parse(
        (await figure.InnerTextAsync()).Replace(",", "", StringComparison.Ordinal),
        System.Globalization.CultureInfo.InvariantCulture);

    private static async Task AskAsync(RunningStack stack, int times)
    {
        using var client = stack.CreateClient();
        for (var i = 0; i < times; i++)
        {
            using var answer = await client.PostAsJsonAsync(
                "/v1/responses", new { model = "default", input = "Hello?" }, Token);
            answer.EnsureSuccessStatusCode();
        }
    }
}
