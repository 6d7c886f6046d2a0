using AiStack.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console.Sources;

/// <summary>Sources as an administrator adds, runs, pauses and deletes them.</summary>
public sealed class SourcesPageTests(StackFixture stacks, BrowserFixture browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_folder_is_added_by_the_form_of_its_kind_run_paused_and_deleted()
    {
        var stack = await stacks.StackAsync(Token);
        var name = $"s-{Guid.CreateVersion7():N}";
        using var client = stack.CreateClient();
        using var made = await client.PostAsync(
            "/v1/vector_stores", new StringContent($$"""{"name":"{{name}}"}""", null, "application/json"), Token);
        made.EnsureSuccessStatusCode();
        var folder = Path.Combine(Fixtures.Repository.Root, "samples");
        await using var watched = await browser.OpenAsync(stack, "/sources");
        var page = watched.Page;

        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync(name);
        await page.GetByLabel("What it is").SelectOptionAsync("folder");
        await page.GetByLabel("Store that it keeps in step").SelectOptionAsync(new SelectOptionValue { Label = name });
        await page.GetByLabel("Path", new() { Exact = true }).FillAsync("/etc");
        await page.GetByLabel("Include").FillAsync("**/*.md");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add and read it" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("There is no folder '/etc'");
        await page.GetByLabel("Path", new() { Exact = true }).FillAsync(folder);
        await page.GetByRole(AriaRole.Button, new() { Name = "Add and read it" }).ClickAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync();
        await Expect(page.GetByText("completed").First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Expect(page.GetByRole(AriaRole.Article).Last).ToContainTextAsync("added");

        await page.GetByRole(AriaRole.Button, new() { Name = "What would change?" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Show the documents" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause", Exact = true }).ClickAsync();
        await Expect(page.GetByText("Paused").First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await page.Locator("fluent-button", new() { HasText = "Delete" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sources", Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = name })).ToHaveCountAsync(0);
        Assert.Empty(watched.Complaints);
    }
}
