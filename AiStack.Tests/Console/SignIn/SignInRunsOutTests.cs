using AiStack.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console.SignIn;

/// <summary>A sign-in that runs out under an open page. The cookie is taken away, as its time would.</summary>
public sealed class SignInRunsOutTests(StackFixture stacks, BrowserFixture browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_person_is_told_and_finds_the_page_and_what_was_typed_as_it_was_once_they_are_back()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/ask");
        var page = watched.Page;
        await page.GetByLabel("Your question").FillAsync("What I was about to ask");
        var link = await MakeLinkAsync(page, "Admin");
        await page.Keyboard.PressAsync("Escape");

        await ForgetAsync(page);
        await page.EvaluateAsync("window.dispatchEvent(new Event('focus'))");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Your sign-in has expired" })).ToBeVisibleAsync();

        var other = await page.Context.NewPageAsync();
        await other.GotoAsync(link);
        await other.WaitForURLAsync(stack.Console.ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "I am signed in again" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Your sign-in has expired" })).ToBeHiddenAsync();
        await Expect(page.GetByLabel("Your question")).ToHaveValueAsync("What I was about to ask");
    }

    [Fact]
    public async Task Files_that_were_dropped_wait_for_the_person_and_are_sent_once_they_are_back()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/files");
        var page = watched.Page;
        var link = await MakeLinkAsync(page, "Admin");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator(".loading")).ToHaveCountAsync(0);
        // Otherwise the file would go into the store of another test.
        await page.Locator("#store-picker").SelectOptionAsync("");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "The store" })).ToHaveCountAsync(0);

        await ForgetAsync(page);
        await page.Locator("input[type=file]").SetInputFilesAsync(
            new FilePayload { Name = "late.txt", MimeType = "text/plain", Buffer = "Better late."u8.ToArray() });
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Your sign-in has expired" })).ToBeVisibleAsync();

        var other = await page.Context.NewPageAsync();
        await other.GotoAsync(link);
        await other.WaitForURLAsync(stack.Console.ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "I am signed in again" }).ClickAsync();

        await Expect(page.Locator(".tray")).ToContainTextAsync("1 file uploaded");
    }

    [Fact]
    public async Task A_page_whose_person_is_another_one_now_is_loaded_anew()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/files");
        var page = watched.Page;
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Choose files" })).ToBeVisibleAsync();
        var link = await MakeLinkAsync(page, "Viewer");

        var other = await page.Context.NewPageAsync();
        await other.GotoAsync(link);
        await other.WaitForURLAsync(stack.Console.ToString());
        await page.EvaluateAsync("window.dispatchEvent(new Event('focus'))");

        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Choose files" })).ToHaveCountAsync(0);
    }

    private static async Task<string> MakeLinkAsync(IPage page, string role)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Account" }).ClickAsync();
        await page.GetByLabel("Role in another browser").SelectOptionAsync(role);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in another browser" }).ClickAsync();
        return await page.Locator("#account .copy-block code").InnerTextAsync();
    }

    private static Task ForgetAsync(IPage page) =>
        page.Context.ClearCookiesAsync(new() { NameRegex = new("^aistack\\.console") });
}
