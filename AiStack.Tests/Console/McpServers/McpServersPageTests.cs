using AiStack.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console.McpServers;

/// <summary>Servers of tools as an administrator adds, changes and deletes them.</summary>
public sealed class McpServersPageTests(StackFixture stacks, BrowserFixture browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_is_added_changed_turned_off_and_deleted_and_its_token_is_not_shown()
    {
        var stack = await stacks.StackAsync(Token);
        var label = $"s-{Guid.CreateVersion7():N}";
        await using var watched = await browser.OpenAsync(stack, "/mcp-servers");
        var page = watched.Page;

        await page.GetByLabel("Label").FillAsync(label);
        await page.GetByLabel("Address").FillAsync("https://tickets.example/mcp");
        await page.GetByLabel("What it is for").FillAsync("<b>Tickets</b>");
        await page.GetByLabel("Tools that may be used").FillAsync("find_ticket, close_ticket");
        await page.GetByLabel("Token").FillAsync("tok-secret-1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        var card = page.GetByRole(AriaRole.Article, new() { Name = label });
        await Expect(card).ToContainTextAsync("find_ticket, close_ticket · calls wait for approval · signs in");
        await Expect(card).ToContainTextAsync("<b>Tickets</b>");

        await card.GetByRole(AriaRole.Button, new() { Name = "Change" }).ClickAsync();
        await Expect(page.GetByLabel("Tools that may be used")).ToHaveValueAsync("find_ticket, close_ticket");
        await Expect(page.GetByLabel("Token")).ToHaveValueAsync("");
        await page.GetByLabel("Tools that may be used").FillAsync("");
        await page.GetByLabel("Calls", new() { Exact = true }).SelectOptionAsync("never");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(card).ToContainTextAsync("All its tools · calls are made at once · signs in");

        await card.GetByRole(AriaRole.Button, new() { Name = $"Turn {label} off" }).ClickAsync();
        await Expect(card).ToContainTextAsync("Off ·");
        Assert.DoesNotContain("tok-secret-1", await page.ContentAsync(), StringComparison.Ordinal);

        await card.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await page.Locator("fluent-button", new() { HasText = "Delete" }).ClickAsync();
        await Expect(card).ToHaveCountAsync(0);
        Assert.Empty(watched.Complaints);
    }
}
