using System.Text.RegularExpressions;
using AiStack.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console.Files;

/// <summary>Uploads that do not go as planned.</summary>
public sealed partial class UploadTests(StackFixture stacks, BrowserFixture browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sign_in_that_runs_out_in_the_middle_is_said_and_the_rest_is_sent_after_signing_in()
    {
        await using var watched = await browser.OpenAsync(await stacks.StackAsync(Token), "/files");
        var page = watched.Page;
        await page.CreateStoreAsync("Run out");
        var signedIn = await page.Context.CookiesAsync();
        var sent = 0;
        await page.RouteAsync("**/files/upload*", async route =>
        {
            if (Interlocked.Increment(ref sent) > 1)
            {
                await Expect(Upload(page, "first.txt")).ToContainTextAsync("Uploaded");
                await page.Context.ClearCookiesAsync(new() { NameRegex = SignInCookie() });
            }

            await route.ContinueAsync();
        });

        await page.ChooseFilesAsync(
            ("first.txt", "The first."), ("second.txt", "The second."), ("third.txt", "The third."));

        await Expect(Upload(page, "second.txt")).ToContainTextAsync("Your sign-in has run out.");
        await Expect(Upload(page, "third.txt")).ToContainTextAsync("Your sign-in has run out.");
        await Expect(Upload(page, "first.txt")).ToContainTextAsync("Uploaded");
        await Expect(page.RowOf("first.txt")).ToContainTextAsync("Ready");

        await page.UnrouteAllAsync();
        await page.Context.AddCookiesAsync(signedIn.Select(Cookie));
        await page.GetByRole(AriaRole.Button, new() { Name = "Try second.txt again" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Try third.txt again" }).ClickAsync();
        await Expect(page.RowOf("second.txt")).ToContainTextAsync("Ready");
        await Expect(page.RowOf("third.txt")).ToContainTextAsync("Ready");
    }

    private static ILocator Upload(IPage page, string name) => page.Locator(".upload").Filter(new() { HasText = name });

    private static Cookie Cookie(BrowserContextCookiesResult cookie) => new()
    {
        Name = cookie.Name,
        Value = cookie.Value,
        Domain = cookie.Domain,
        Path = cookie.Path,
        Expires = cookie.Expires,
        HttpOnly = cookie.HttpOnly,
        SameSite = cookie.SameSite,
    };

    [GeneratedRegex(@"^aistack\.console")]
    private static partial Regex SignInCookie();
}
