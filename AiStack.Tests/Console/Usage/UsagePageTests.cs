using System.Net.Http.Json;
using AiStack.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console.Usage;

/// <summary>What was asked, and what it cost, as a person reads it.</summary>
public sealed class UsagePageTests(StackFixture stacks, BrowserFixture browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_question_is_counted_by_model_and_by_key_with_its_cost()
    {
        var stack = await stacks.StackAsync(Token);
        await AskAsync(stack);
        await using var watched = await browser.OpenAsync(stack, "/usage");
        var page = watched.Page;

        var row = page.GetByRole(AriaRole.Row);
        await Expect(row.Filter(new() { HasText = "extractive" })).ToContainTextAsync("0 USD");
        await Expect(page.Locator(".figures")).ToContainTextAsync("Cost this month");
        await Expect(page.Locator(".uplot").First).ToBeVisibleAsync();

        await page.GetByLabel("By", new() { Exact = true }).SelectOptionAsync("Key");
        await Expect(row.Filter(new() { HasText = "Development" })).ToContainTextAsync("0 USD");

        await page.GetByLabel("Time", new() { Exact = true }).SelectOptionAsync("Last 7 days");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Last 7 days, by key" })).ToBeVisibleAsync();
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task The_page_of_the_models_says_what_default_means_and_how_the_day_went()
    {
        var stack = await stacks.StackAsync(Token);
        await AskAsync(stack);
        await using var watched = await browser.OpenAsync(stack, "/models");

        await Expect(watched.Page.GetByText("Requests for default are answered by extractive.")).ToBeVisibleAsync();
        var card = watched.Page.GetByRole(AriaRole.Article, new() { Name = "extractive" });
        await Expect(card).ToContainTextAsync("also named default");
        await Expect(card).ToContainTextAsync("free");
        await Expect(card).ToContainTextAsync("Half were faster than");
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task An_answer_carries_the_id_of_its_trace_through_the_Gateway()
    {
        var stack = await stacks.StackAsync(Token);
        using var client = stack.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.Add("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");

        using var response = await client.SendAsync(request, Token);

        Assert.Equal(["4bf92f3577b34da6a3ce929d0e0e4736"], response.Headers.GetValues("x-trace-id"));
    }

    private static async Task AskAsync(RunningStack stack)
    {
        using var client = stack.CreateClient();
        using var response = await client.PostAsJsonAsync(
            "/v1/responses", new { model = "default", input = "Hello?" }, Token);
        response.EnsureSuccessStatusCode();
    }
}
