using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using AiStack.Tests.EndToEnd;
using AiStack.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console.SignIn;

/// <summary>
/// Sign-in by OpenID Connect: a real browser, a real provider, the Console in front of the real stack.
/// </summary>
public sealed partial class OidcTests(StackFixture stacks, BrowserFixture browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_comes_back_from_the_provider_to_where_they_were_going_with_their_role_and_leaves_both()
    {
        var stack = await stacks.StackAsync(Token);
        var address = new Uri($"http://127.0.0.1:{Ports.Free()}");
        await using var provider = await OidcProvider.StartAsync(address, Token);
        await using var console = await StartAsync(stack, address, provider);
        var page = await browser.OpenStrangerAsync(stack, address);

        await page.GotoAsync("/usage");
        await Expect(page).ToHaveURLAsync(LoginWithReturn());
        await SignInAsync(page, "operator");

        await Expect(page).ToHaveURLAsync(new Uri(address, "/usage").ToString());
        await Expect(page.GetByText("Nothing was asked in this time")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Account" }).ClickAsync();
        await Expect(page.Locator("#account")).ToContainTextAsync("Signed in as Test operator, Operator");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Keys", Exact = true })).ToHaveCountAsync(0);

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes, sign me out" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sign in to AiStack" })).ToBeVisibleAsync();
        await page.GotoAsync("/usage");
        await Expect(page).ToHaveURLAsync(LoginWithReturn());
    }

    [Fact]
    public async Task Each_role_of_the_provider_is_the_role_that_the_settings_say_and_a_person_without_one_is_refused()
    {
        var stack = await stacks.StackAsync(Token);
        var address = new Uri($"http://127.0.0.1:{Ports.Free()}");
        await using var provider = await OidcProvider.StartAsync(address, Token);
        await using var console = await StartAsync(stack, address, provider);

        foreach (var (account, role) in new[] { ("admin", "Admin"), ("viewer", "Viewer") })
        {
            var page = await browser.OpenStrangerAsync(stack, address);
            await page.GotoAsync("/");
            await SignInAsync(page, account);
            await page.GetByRole(AriaRole.Button, new() { Name = "Account" }).ClickAsync();
            await Expect(page.Locator("#account")).ToContainTextAsync($"Test {account}, {role}");
        }

        var stranger = await browser.OpenStrangerAsync(stack, address);
        await stranger.GotoAsync("/");
        await SignInAsync(stranger, "someone");
        await Expect(stranger.GetByText("Your account has no role in AiStack.")).ToBeVisibleAsync();
        var response = await stranger.GotoAsync("/files");
        Assert.Contains("/login", response!.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_does_not_answer_is_told_and_a_made_up_answer_signs_nobody_in()
    {
        var stack = await stacks.StackAsync(Token);
        var address = new Uri($"http://127.0.0.1:{Ports.Free()}");
        await using var console = await ConsoleProcess.StartAsync(
            address, stack.Api, stack.Key, [.. Settings(new(Ports.Closed))], Token);
        var page = await browser.OpenStrangerAsync(stack, address);

        await page.GotoAsync("/login/oidc");
        await Expect(page.GetByText("does not answer")).ToBeVisibleAsync();

        await page.GotoAsync("/signin-oidc?code=made-up&state=made-up");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "You are not signed in" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_form_of_a_stranger_that_is_too_long_is_refused_before_it_is_in_memory()
    {
        var stack = await stacks.StackAsync(Token);
        var address = new Uri($"http://127.0.0.1:{Ports.Free()}");
        await using var console = await ConsoleProcess.StartAsync(
            address, stack.Api, stack.Key, [.. Settings(new(Ports.Closed))], Token);
        using var client = new HttpClient { BaseAddress = address };
        using var form = new StringContent(
            string.Join('&', Enumerable.Repeat($"a={new string('x', 1 << 20)}", 40)),
            new MediaTypeHeaderValue("application/x-www-form-urlencoded"));

        using var response = await client.PostAsync(new Uri("/signin-oidc", UriKind.Relative), form, Token);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    private static IEnumerable<(string, string)> Settings(Uri authority) =>
    [
        ("Console__Oidc__Authority", authority.GetLeftPart(UriPartial.Authority)),
        ("Console__Oidc__ClientId", OidcProvider.ClientId),
        ("Console__Oidc__ClientSecret", OidcProvider.ClientSecret),
        ("Console__Oidc__Name", "the test company"),
        ("Console__Oidc__AdminRole", "aistack-admin"),
        ("Console__Oidc__OperatorRole", "aistack-operator"),
        ("Console__Oidc__ViewerRole", "aistack-viewer"),
    ];

    // A project of its own, of which nothing has been asked.
    private static async Task<ConsoleProcess> StartAsync(RunningStack stack, Uri address, OidcProvider provider)
    {
        using var admin = stack.CreateClient();
        using var made = await admin.PostAsJsonAsync("/api/projects", new { name = $"oidc-{address.Port}" }, Token);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var key = (await made.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("secret").GetString()!;
        return await ConsoleProcess.StartAsync(address, stack.Api, key, [.. Settings(provider.Authority)], Token);
    }

    // The pages of the provider are its own: a form that takes any password, then what the Console may know.
    private static async Task SignInAsync(IPage page, string account)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in with the test company" }).ClickAsync();
        await page.Locator("input[name=login]").FillAsync(account);
        await page.Locator("input[name=password]").FillAsync("any");
        await page.Locator("button[type=submit]").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
    }

    [GeneratedRegex(@"/login\?return=%2Fusage$")]
    private static partial Regex LoginWithReturn();
}
