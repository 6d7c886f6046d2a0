using AiStack.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console.Caches;

/// <summary>The cache as an administrator sets it.</summary>
public sealed class CachePageTests(StackFixture stacks, BrowserFixture browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task Answers_are_kept_for_as_long_as_is_chosen_and_forgotten_at_will(ColorScheme theme, int width)
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/cache", theme, width: width);
        var page = watched.Page;

        await page.GetByLabel("Keep answers for").SelectOptionAsync("an hour");
        await Expect(page.GetByText("Saved.")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.GetByLabel("Keep answers for")).ToHaveValueAsync("3600");
        await watched.AssertFitsAndIsAccessibleAsync(Token);

        // The project is shared: other tests want their answers made.
        await page.GetByLabel("Keep answers for").SelectOptionAsync("not at all");
        await Expect(page.GetByText("Saved.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Forget them all" })).ToBeDisabledAsync();
        Assert.Empty(watched.Complaints);
    }
}
