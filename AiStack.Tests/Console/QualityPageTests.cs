using AiStack.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console;

/// <summary>What a store expects is set, and what breaks it is released, on a page.</summary>
public sealed class QualityPageTests(StackFixture stacks, BrowserFixture browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_expectation_is_set_and_the_file_that_breaks_it_is_released_with_a_reason()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/files", ColorScheme.Dark, width: 390);
        var page = watched.Page;
        await page.CreateStoreAsync("Careful");
        await page.GetByRole(AriaRole.Link, new() { Name = "Quality" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Quality");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add an expectation" }).ClickAsync();
        await page.GetByLabel("What", new() { Exact = true }).SelectOptionAsync("language");
        await Expect(page.GetByLabel("Languages")).ToHaveValueAsync("en, de");
        await page.GetByLabel("What", new() { Exact = true }).SelectOptionAsync("text_length");
        await page.GetByLabel("At least").FillAsync("120");
        await page.GetByLabel("If it is not met").SelectOptionAsync("block");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByText("Saved.")).ToBeVisibleAsync();
        var address = page.Url;

        await page.Locator("header.page-head a").First.ClickAsync();
        await page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload
        {
            Name = "short.txt", MimeType = "text/plain", Buffer = [.. "Too short."u8],
        });
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "short.txt" })).ToContainTextAsync("Failed");
        await page.GotoAsync(address);
        await Expect(page.GetByText("10 characters, expected at least 120")).ToBeVisibleAsync();
        await watched.AssertFitsAndIsAccessibleAsync(Token);
        await page.GetByLabel("Why it may be found").FillAsync("It says what it must.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Release" }).ClickAsync();

        await Expect(page.GetByText("short.txt is released")).ToBeVisibleAsync();
        await Expect(page.GetByText("No file is in quarantine.")).ToBeVisibleAsync();
        Assert.Empty(watched.Complaints);
    }
}
