using AiStack.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console;

/// <summary>A store's snapshots are made, compared and taken back on a page.</summary>
public sealed class VersionsPageTests(StackFixture stacks, BrowserFixture browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ColorScheme.Dark, 390)]
    [InlineData(ColorScheme.Light, 1280)]
    public async Task A_store_is_rolled_back_to_a_snapshot_with_a_reason(ColorScheme scheme, int width)
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/files", scheme, width);
        var page = watched.Page;
        await page.CreateStoreAsync($"Versioned {width}");
        await AddAsync(page, "pump.txt", "The pump of the ferry is serviced in April.");
        await page.GetByRole(AriaRole.Link, new() { Name = "Versions" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Versions");
        await page.GetByLabel("Name of a new snapshot").FillAsync("April");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a snapshot" }).ClickAsync();
        await Expect(page.GetByText("April is kept.")).ToBeVisibleAsync();
        var address = page.Url;

        await page.Locator("header.page-head a").First.ClickAsync();
        await AddAsync(page, "bread.txt", "Bread is baked at five in the morning.");
        await page.GotoAsync(address);
        await page.GetByRole(AriaRole.Button, new() { Name = "Compare with now" }).ClickAsync();
        await Expect(page.GetByText("bread.txt was added")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        await Expect(page.GetByText("It held 2 files:")).ToBeVisibleAsync();
        await watched.AssertFitsAndIsAccessibleAsync(Token);
        await page.GetByLabel("Why the store is to hold this again").FillAsync("The bread is wrong.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Roll back" }).ClickAsync();
        await page.ConfirmAsync("Roll back");

        await Expect(page.GetByText("The store holds 1 file again.")).ToBeVisibleAsync();
        await Expect(page.Locator("article.snapshot")).ToHaveCountAsync(2);
        Assert.Empty(watched.Complaints);
    }

    private static async Task AddAsync(IPage page, string name, string text)
    {
        await page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload
        {
            Name = name, MimeType = "text/plain", Buffer = System.Text.Encoding.UTF8.GetBytes(text),
        });
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = name })).ToContainTextAsync("Ready");
    }
}
