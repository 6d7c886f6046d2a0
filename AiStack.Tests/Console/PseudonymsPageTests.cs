using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using AiStack.Tests.EndToEnd;
using AiStack.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console;

/// <summary>A store is set to give pseudonyms, and a privacy officer sees what they stand for.</summary>
public sealed class PseudonymsPageTests(StackFixture stacks, BrowserFixture browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_a_privacy_officer_sees_what_a_pseudonym_stands_for_and_it_is_listed()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/files");
        var page = watched.Page;
        var store = await page.CreateStoreAsync("Letters");
        await page.UploadAsync("letter.txt", "Dear Marta Kowalska, your bicycle is ready.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Personal details" }).ClickAsync();
        await page.GetByLabel("Names").SelectOptionAsync("pseudonymise");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await page.ConfirmAsync("Change");
        await Expect(page.GetByText("Saved. The files are indexed anew.")).ToBeVisibleAsync();
        var passage = await PassageAsync(stack, store);
        await page.GoAsync("/pseudonyms");
        await Expect(page.GetByText("takes the role Privacy officer")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Text with pseudonyms")).ToHaveCountAsync(0);

        await using var officer = new WatchedPage(await SignInAsOfficerAsync(stack, page), stack.Console);
        await officer.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await officer.Page.SetViewportSizeAsync(390, 800);
        await officer.Page.GoAsync("/pseudonyms");
        var text = officer.Page.GetByLabel("Text with pseudonyms");
        var reason = officer.Page.GetByLabel("Reason, for whoever asks later");
        var show = officer.Page.GetByRole(AriaRole.Button, new() { Name = "Show" });
        await Eventually.TrueAsync(
            async () =>
            {
                await text.FillAsync(passage);
                await reason.FillAsync("She called about it.");
                await show.ClickAsync();
                return await officer.Page.GetByRole(AriaRole.Status).GetByText("Marta Kowalska").CountAsync() > 0;
            },
            Token);

        await Expect(officer.Page.Locator("pre")).ToHaveTextAsync("Dear Marta Kowalska, your bicycle is ready.");
        await Expect(officer.Page.GetByRole(AriaRole.Row).Nth(1)).ToContainTextAsync("She called about it.");
        await Expect(officer.Page.GetByRole(AriaRole.Row).Nth(1)).ToContainTextAsync("user:local-");
        await officer.AssertFitsAndIsAccessibleAsync(Token);
    }

    private static async Task<string> PassageAsync(RunningStack stack, string store)
    {
        using var client = stack.CreateClient();
        using var found = await client.PostAsJsonAsync(
            $"/v1/vector_stores/{store}/search", new { query = "bicycle" }, Token);
        var passage = (await found.Content.ReadFromJsonAsync<JsonElement>(Token))
            .GetProperty("data")[0].GetProperty("content")[0].GetProperty("text").GetString()!;
        Assert.Matches(new Regex("^Dear PERSON_[A-Z0-9]{7}, your bicycle is ready.$"), passage);
        return passage;
    }

    private async Task<IPage> SignInAsOfficerAsync(RunningStack stack, IPage admin)
    {
        await admin.GetByRole(AriaRole.Button, new() { Name = "Account" }).ClickAsync();
        await admin.GetByLabel("Role in another browser").SelectOptionAsync("Privacy officer");
        await admin.GetByRole(AriaRole.Button, new() { Name = "Sign in another browser" }).ClickAsync();
        var link = await admin.Locator("#account .copy-block code").InnerTextAsync();
        var page = await browser.OpenStrangerAsync(stack);
        await page.GotoAsync(link);
        await page.WaitForURLAsync(stack.Console.ToString(), new() { WaitUntil = WaitUntilState.Commit });
        return page;
    }
}
