using AiStack.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console.Overview;

/// <summary>The first page.</summary>
public sealed class OverviewPageTests(StackFixture stacks, BrowserFixture browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

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
}
