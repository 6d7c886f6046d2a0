using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console.Ask;

/// <summary>Documents for some only, in the browser: whom one is for, and asking as one of them.</summary>
public sealed class AskAsTests(StackFixture stacks, BrowserFixture browser)
{
    private const string Question = "What is the bonus of the board paid in?";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 400)]
    public async Task A_file_shows_whom_it_is_for_and_an_admin_asks_as_one_of_them(ColorScheme theme, int width)
    {
        await using var watched = await browser.OpenAsync(await stacks.StackAsync(Token), "/files", theme, width);
        var page = watched.Page;
        var store = await page.CreateStoreAsync("For some");
        await page.UploadAsync("bonus.md", "# Bonus\n\nThe bonus of the board is paid in krumhornium coins.");
        await page.GetByRole(AriaRole.Link, new() { Name = "Chunks and attributes of bonus.md" }).ClickAsync();
        var readers = page.Locator(".facts div").Filter(new() { Has = page.GetByText("For", new() { Exact = true }) });
        await Expect(readers.Locator("dd")).ToHaveTextAsync("Everybody");

        await RestrictAsync(store, "group:hr", "user:ann@example.com");
        await page.ReloadAsync();
        await Expect(readers.Locator("dd")).ToHaveTextAsync("group:hr, user:ann@example.com");
        await watched.AssertFitsAndIsAccessibleAsync(Token);

        await page.GoAsync($"/ask?store={store}");
        await Expect(page.Locator("#store-picker")).ToHaveValueAsync(store);
        await page.AskAsync(Question);
        await Expect(page.Locator(".turn").Last).Not.ToContainTextAsync("krumhornium");
        await page.GetByRole(AriaRole.Button, new() { Name = "Settings" }).ClickAsync();
        await page.GetByLabel("Ask as").FillAsync("user:bob, group:hr");
        await page.GetByLabel("Ask as").PressAsync("Tab");
        await page.AskAsync(Question);
        await Expect(page.Locator(".turn").Last.Locator(".turn-answer")).ToContainTextAsync("krumhornium");

        await page.Locator(".turn").Last.GetByRole(AriaRole.Button, new() { Name = "Code" }).ClickAsync();
        await Expect(page.Locator(".code-panel")).ToContainTextAsync("It was asked as user:bob, group:hr");
        await watched.AssertFitsAndIsAccessibleAsync(Token);
    }

    [Fact]
    public async Task A_file_for_some_is_not_added_to_another_store_as_one_for_everybody()
    {
        await using var watched = await browser.OpenAsync(await stacks.StackAsync(Token), "/files");
        var page = watched.Page;
        var store = await page.CreateStoreAsync("For the board");
        await page.UploadAsync("board-bonus.md", "# Bonus\n\nThe bonus is paid in coins.");
        await RestrictAsync(store, "group:board");
        await page.CreateStoreAsync("Others");

        await page.GetByRole(AriaRole.Button, new() { Name = "Add existing files" }).ClickAsync();
        await page.GetByLabel("Name contains").FillAsync("board-bonus");
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "board-bonus.md" }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Add 1 file" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("is for some only in every store");
    }

    private async Task RestrictAsync(string store, params string[] principals)
    {
        using var http = (await stacks.StackAsync(Token)).CreateClient();
        var files = await http.GetFromJsonAsync<JsonElement>($"/v1/vector_stores/{store}/files", Token);
        var file = files.GetProperty("data")[0].GetProperty("id").GetString();
        using var set = await http.PostAsJsonAsync(
            $"/v1/vector_stores/{store}/files/{file}", new { principals }, Token);
        Assert.True(set.IsSuccessStatusCode);
    }
}
