using AiStack.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console.Frame;

/// <summary>What stands around every page.</summary>
public sealed class FrameTests(StackFixture stacks, BrowserFixture browser)
{
    private const int PhoneWidth = 390;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/nonsense")]
    [InlineData("/files/nonsense/deeper")]
    public async Task An_address_that_is_not_there_is_a_page_that_says_so_and_leads_back(string path)
    {
        await using var watched = await browser.OpenAsync(await stacks.StackAsync(Token), path);

        var title = watched.Page.GetByRole(AriaRole.Heading, new() { Level = 1 });
        await Expect(title).ToHaveTextAsync("There is nothing here");
        await watched.Page.GetByRole(AriaRole.Link, new() { Name = "Go to the start page" }).ClickAsync();
        await Expect(title).Not.ToHaveTextAsync("There is nothing here");
        Assert.Equal("/", new Uri(watched.Page.Url).AbsolutePath);
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(PhoneWidth)]
    public async Task The_account_menu_shows_a_sign_in_link_whole(int width)
    {
        await using var watched = await browser.OpenAsync(await stacks.StackAsync(Token), "/", width: width);
        var page = watched.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Account" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in another browser" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make another" }).WaitForAsync();

        var (seen, needed) = (await WidthAsync("clientWidth"), await WidthAsync("scrollWidth"));

        Assert.Equal(seen, needed);

        Task<int> WidthAsync(string kind) => page.Locator(".account-menu").EvaluateAsync<int>($"menu => menu.{kind}");
    }
}
