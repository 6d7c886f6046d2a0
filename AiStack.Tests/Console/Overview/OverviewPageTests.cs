using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using AiStack.Tests.EndToEnd;
using AiStack.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console.Overview;

/// <summary>The first page of a stack in use.</summary>
public sealed partial class OverviewPageTests(StackFixture stacks, BrowserFixture browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Questions_move_the_numbers_at_a_glance_and_each_leads_to_its_metric()
    {
        // A stack of its own: what others ask of the shared one leaves the five minutes while this test looks.
        await using var stack = await RunningStack.StartAsync(["--ephemeral"], Token);
        await AskAsync(stack, 1);
        await using var watched = await browser.OpenAsync(stack, "/");
        var page = watched.Page;
        var requests = Tile(page, "Requests");
        await Expect(requests).ToContainTextAsync("in 5 minutes");
        var before = await CountAsync(requests);

        await AskAsync(stack, 20);

        await Eventually.TrueAsync(async () => await CountAsync(requests) >= before + 20, Token);
        await Expect(Tile(page, "Latency (p95)")).ToContainTextAsync("half within");
        await Expect(Tile(page, "Time to first token (p95)")).ToContainTextAsync("half within");
        await Expect(Tile(page, "Work in queues")).ToBeVisibleAsync();
        await Expect(Tile(page, "Cost today")).ToContainTextAsync("this month");
        await requests.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("metrics\\?.*http.server.request.duration"));
        await Expect(page.Locator(".panel .uplot").First).ToBeVisibleAsync();
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task A_file_that_became_searchable_is_seen_in_the_freshness_of_the_index()
    {
        var stack = await stacks.StackAsync(Token);
        using var client = stack.CreateClient();
        using var form = new MultipartFormDataContent
        {
            { new StringContent("assistants"), "purpose" },
            { new StringContent("The lamp is green."), "file", "lamp.txt" },
        };
        using var uploaded = await client.PostAsync(new Uri("/v1/files", UriKind.Relative), form, Token);
        var file = await uploaded.Content.ReadFromJsonAsync<JsonElement>(Token);
        using var store = await client.PostAsJsonAsync(
            "/v1/vector_stores",
            new { name = "Freshness", file_ids = new[] { file.GetProperty("id").GetString() } },
            Token);
        store.EnsureSuccessStatusCode();
        await using var watched = await browser.OpenAsync(stack, "/");

        await Expect(Tile(watched.Page, "Index freshness")).ToContainTextAsync("of files found within");
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

    private static async Task<int> CountAsync(ILocator tile) =>
        int.Parse(
            InFiveMinutes().Match(await tile.InnerTextAsync()).Groups[1].Value
                .Replace(",", "", StringComparison.Ordinal),
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

    [GeneratedRegex("([0-9,]+) in 5 minutes")]
    private static partial Regex InFiveMinutes();
}
