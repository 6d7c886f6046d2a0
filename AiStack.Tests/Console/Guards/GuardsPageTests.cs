using AiStack.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console.Guards;

/// <summary>Guards as an administrator sets and tries them.</summary>
public sealed class GuardsPageTests(StackFixture stacks, BrowserFixture browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_policy_is_set_and_stays_and_a_text_is_tried()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/guards");
        var page = watched.Page;

        // Words that no other test says: the project is shared.
        await page.GetByLabel("Topics: words").FillAsync("Quorble Bird\nzindlewort");
        await page.GetByLabel("Topics: what is asked").SelectOptionAsync("flag");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByText("Saved.")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.GetByLabel("Topics: what is asked")).ToHaveValueAsync("flag");
        await Expect(page.GetByLabel("Topics: words")).ToHaveValueAsync("Quorble Bird\nzindlewort");

        await page.GetByLabel("A text").FillAsync("Mail ann@example.com about <b>quorble bird</b>.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Look" }).ClickAsync();
        await Expect(page.GetByLabel("The text, masked")).ToHaveTextAsync("Mail [EMAIL] about <b>[TOPIC]</b>.");
        await Expect(page.GetByText("Found: pii email × 1, topics topic × 1")).ToBeVisibleAsync();
        Assert.Empty(watched.Complaints);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task The_page_with_a_trial_fits_a_phone_and_is_accessible(ColorScheme theme)
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/guards", theme, width: 390);

        await watched.Page.GetByLabel("A text").FillAsync("Mail ann@example.com.");
        await watched.Page.GetByRole(AriaRole.Button, new() { Name = "Look" }).ClickAsync();
        await Expect(watched.Page.GetByLabel("The text, masked")).ToHaveTextAsync("Mail [EMAIL].");

        await watched.AssertFitsAndIsAccessibleAsync(Token);
    }
}
