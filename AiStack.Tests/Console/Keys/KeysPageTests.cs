using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Tests.Console.SignIn;
using AiStack.Tests.EndToEnd;
using AiStack.Tests.Fixtures;
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
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(stack, secret, "/v1/evals"));

        await page.GetByRole(AriaRole.Button, new() { Name = "I have copied it" }).ClickAsync();
        await Expect(page.GetByText(secret)).ToHaveCountAsync(0);
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Nightly <b>report</b>" });
        await Expect(row).ToContainTextAsync(secret[^4..]);
        await Expect(row).ToContainTextAsync("Good");

        await row.GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await page.Locator("fluent-button", new() { HasText = "Revoke" }).ClickAsync();
        await Expect(row).ToContainTextAsync("Revoked");
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(stack, secret, "/v1/files"));
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task A_key_for_some_models_is_rotated_and_both_of_its_secrets_are_good()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/keys", width: 390);
        var page = watched.Page;
        var name = $"Nightly {Guid.CreateVersion7():N}";

        await page.GetByLabel("Name of the new key").FillAsync(name);
        await page.GetByLabel("Only these models").FillAsync("extractive, other");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create", Exact = true }).ClickAsync();
        var old = await page.Locator(".copy-block code").InnerTextAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "I have copied it" }).ClickAsync();
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = name });
        await Expect(row).ToContainTextAsync("only extractive, other");

        await row.GetByRole(AriaRole.Button, new() { Name = "Rotate" }).ClickAsync();
        await page.ConfirmAsync("Rotate");
        await Expect(page.GetByText("has a new secret")).ToBeVisibleAsync();
        var secret = await page.Locator(".copy-block code").InnerTextAsync();
        await page.EvaluateAsync("scrollTo(0, 0)"); // What the top bar half covers is too small a target.
        await watched.AssertFitsAndIsAccessibleAsync(Token);

        Assert.NotEqual(old, secret);
        await Expect(row).ToContainTextAsync(secret[^4..]);
        await Expect(row).ToContainTextAsync("Old secret until");
        Assert.Equal(HttpStatusCode.OK, await AskAsync(stack, old, "/v1/models"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(stack, secret, "/v1/models"));
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
        await page.GetByLabel("See and search stores").UncheckAsync();
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
        var more = watched.Page.GetByRole(AriaRole.Button, new() { Name = "More keys" });
        await Expect(watched.Page.Locator("table.keys")).ToBeVisibleAsync();
        while (await more.CountAsync() > 0 && await row.CountAsync() == 0)
        {
            await more.ClickAsync(); // It is the first that was made: other tests have made keys since.
        }

        await Expect(row).ToContainTextAsync(stack.Key[^4..]);
        await Expect(row.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task More_keys_than_a_page_has_are_listed_by_and_by_down_to_the_first()
    {
        const int Keys = 250;
        var stack = await stacks.StackAsync(Token);
        using var admin = stack.CreateClient();
        using var made = await admin.PostAsJsonAsync(
            "/api/projects", new { name = $"keys-{Guid.CreateVersion7():N}" }, Token);
        var key = (await made.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("secret").GetString()!;
        using var owner = new HttpClient { BaseAddress = stack.Api };
        owner.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        for (var number = 1; number < Keys; number++)
        {
            using var another = await owner.PostAsJsonAsync(
                "/api/keys", new { name = $"Key {number}", scopes = new[] { "models.read" } }, Token);
            another.EnsureSuccessStatusCode();
        }

        var address = new Uri($"http://127.0.0.1:{Ports.Free()}/");
        await using var console = await ConsoleProcess.StartAsync(
            address, stack.Api, key, [("Console__LoginToken", "a token that is long enough")], Token);
        var page = await browser.OpenStrangerAsync(stack, address);
        await page.GotoAsync("/login?t=a%20token%20that%20is%20long%20enough&return=/keys");
        var rows = page.Locator("table.keys tbody tr");

        await Expect(rows).ToHaveCountAsync(100);
        await page.GetByRole(AriaRole.Button, new() { Name = "More keys" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(200);
        await page.GetByRole(AriaRole.Button, new() { Name = "More keys" }).ClickAsync();

        await Expect(rows).ToHaveCountAsync(Keys);
        await Expect(rows.Last).ToContainTextAsync("The Console’s own");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "More keys" })).ToHaveCountAsync(0);
    }

    private static async Task<HttpStatusCode> AskAsync(RunningStack stack, string key, string path)
    {
        using var client = new HttpClient { BaseAddress = stack.Api };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), Token);
        return response.StatusCode;
    }
}
