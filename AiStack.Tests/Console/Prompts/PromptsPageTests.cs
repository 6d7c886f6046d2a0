using System.Net.Http.Json;
using AiStack.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console.Prompts;

/// <summary>Prompts as an operator writes, compares and labels them.</summary>
public sealed class PromptsPageTests(StackFixture stacks, BrowserFixture browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_version_is_written_changed_compared_and_labelled()
    {
        var stack = await stacks.StackAsync(Token);
        var name = $"p-{Guid.CreateVersion7():N}";
        await using var watched = await browser.OpenAsync(stack, "/prompts");
        var page = watched.Page;

        await page.GetByLabel("Prompt", new() { Exact = true }).FillAsync(name);
        await page.GetByLabel("Text").FillAsync("Greet <b>{{name}}</b>.\nBe brief.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Write", Exact = true }).ClickAsync();
        var card = page.GetByRole(AriaRole.Article, new() { Name = name });
        await Expect(card).ToContainTextAsync("Greet <b>{{name}}</b>.");

        await card.GetByRole(AriaRole.Button, new() { Name = "New version" }).ClickAsync();
        await Expect(page.GetByLabel("Text")).ToHaveValueAsync("Greet <b>{{name}}</b>.\nBe brief.");
        await page.GetByLabel("Text").FillAsync("Greet {{name}}.\nBe brief.");
        await page.GetByLabel("What is new").FillAsync("No tags.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Write", Exact = true }).ClickAsync();
        await Expect(card).ToContainTextAsync("2 versions");

        await card.GetByRole(AriaRole.Button, new() { Name = "Versions of" }).ClickAsync();
        await card.GetByRole(AriaRole.Button, new() { Name = $"What changed in {name}@2" }).ClickAsync();
        await Expect(card.Locator(".difference .removed")).ToHaveTextAsync("− Greet <b>{{name}}</b>.");
        await Expect(card.Locator(".difference .added")).ToHaveTextAsync("+ Greet {{name}}.");
        await card.GetByRole(AriaRole.Button, new() { Name = $"Label {name}@2 production" }).ClickAsync();
        await Expect(card.Locator(".label")).ToHaveTextAsync("production");

        using var client = stack.CreateClient();
        using var answer = await client.PostAsJsonAsync(
            "/v1/responses",
            new { model = "default", input = "Hello?", prompt = new { id = name, variables = new { name = "Ann" } } },
            Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
        Assert.Empty(watched.Complaints);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task The_page_with_a_comparison_fits_a_phone_and_is_accessible(ColorScheme theme)
    {
        var stack = await stacks.StackAsync(Token);
        var name = $"p-{Guid.CreateVersion7():N}";
        using var client = stack.CreateClient();
        foreach (var text in new[] { "Be kind.", "Be kind.\nBe brief." })
        {
            using var made = await client.PostAsJsonAsync($"/api/prompts/{name}/versions", new { text }, Token);
            made.EnsureSuccessStatusCode();
        }

        await using var watched = await browser.OpenAsync(stack, "/prompts", theme, width: 390);
        var card = watched.Page.GetByRole(AriaRole.Article, new() { Name = name });
        await card.GetByRole(AriaRole.Button, new() { Name = "Versions of" }).ClickAsync();
        await card.GetByRole(AriaRole.Button, new() { Name = "What changed" }).ClickAsync();
        await Expect(card.Locator(".difference .added")).ToHaveTextAsync("+ Be brief.");

        await watched.AssertFitsAndIsAccessibleAsync(Token);
    }
}
