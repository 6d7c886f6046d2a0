using System.Net;
using System.Net.Http.Headers;
using AiStack.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console.Keys;

/// <summary>Keys as an administrator makes and revokes them.</summary>
public sealed class KeysPageTests(StackFixture stacks, BrowserFixture browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_made_shown_once_lets_in_by_its_scopes_and_is_refused_once_revoked()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/keys");
        var page = watched.Page;

        await page.GetByLabel("Name of the new key").FillAsync("Nightly <b>report</b>");
        await page.GetByLabel("See and download files").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create", Exact = true }).ClickAsync();
        var secret = await page.Locator(".copy-block code").InnerTextAsync();
        Assert.Equal(HttpStatusCode.OK, await AskAsync(stack, secret, "/v1/files"));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(stack, secret, "/v1/vector_stores"));

        await page.GetByRole(AriaRole.Button, new() { Name = "I have copied it" }).ClickAsync();
        await Expect(page.GetByText(secret)).ToHaveCountAsync(0);
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Nightly <b>report</b>" });
        await Expect(row).ToContainTextAsync(secret[^4..]);
        await Expect(row).ToContainTextAsync("Good");

        await row.GetByRole(AriaRole.Button).ClickAsync();
        await page.Locator("fluent-button", new() { HasText = "Revoke" }).ClickAsync();
        await Expect(row).ToContainTextAsync("Revoked");
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(stack, secret, "/v1/files"));
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task A_key_that_may_do_nothing_is_refused_with_the_reason_and_what_was_typed_stays()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/keys");
        var page = watched.Page;

        await page.GetByLabel("Name of the new key").FillAsync("Useless");
        await page.GetByLabel("Ask, and read back answers").UncheckAsync();
        await page.GetByLabel("List models").UncheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create", Exact = true }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("'scopes' must name one or more");
        await Expect(page.GetByLabel("Name of the new key")).ToHaveValueAsync("Useless");
    }

    [Fact]
    public async Task The_key_of_the_Console_itself_cannot_be_revoked_here()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/keys");

        var row = watched.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "The Console’s own" });

        await Expect(row).ToContainTextAsync(stack.Key[^4..]);
        await Expect(row.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
    }

    private static async Task<HttpStatusCode> AskAsync(RunningStack stack, string key, string path)
    {
        using var client = new HttpClient { BaseAddress = stack.Api };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), Token);
        return response.StatusCode;
    }
}
