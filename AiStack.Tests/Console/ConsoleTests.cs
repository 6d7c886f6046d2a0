using AiStack.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console;

/// <summary>The Console as a person uses it: a real browser on the real stack.</summary>
public sealed class ConsoleTests(StackFixture stacks, BrowserFixture browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_is_added_asked_about_and_its_citation_opens_the_quoted_words()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/files");
        var page = watched.Page;
        var store = await page.CreateStoreAsync("Moon base");

        await page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload
        {
            Name = "moon-base.md",
            MimeType = "text/markdown",
            Buffer = [
                .. "# Moon base\n\nThe airlock of the moon base opens at 06:45.\n\n"u8,
                .. "Coffee is served in dome C."u8,
            ],
        });
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "moon-base.md" }))
            .ToContainTextAsync("Ready");

        await page.AskAsync(store, "When does the airlock of the moon base open?");
        var answer = page.Locator(".turn").Last;
        await Expect(answer).ToContainTextAsync("opens at 06:45");
        await answer.Locator("a.citation").First.ClickAsync();

        await Expect(page.Locator("#quote")).ToContainTextAsync("The airlock of the moon base opens at 06:45.");
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task What_the_documents_do_not_say_is_shown_as_not_in_the_documents()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/files");
        var store = await watched.Page.CreateStoreAsync("One note");
        await watched.Page.UploadAsync("note.txt", "The lamp in the hall is green.");

        await watched.Page.AskAsync(store, "Who won the football cup in 1966?");

        await Expect(watched.Page.Locator(".turn").Last).ToContainTextAsync("Not in the documents");
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_says_why_in_its_row_and_can_be_deleted()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/files");
        var page = watched.Page;
        await page.CreateStoreAsync("Broken");

        await page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload
        {
            Name = "broken.pdf",
            MimeType = "application/pdf",
            Buffer = "%PDF-1.7 and no more"u8.ToArray(),
        });
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "broken.pdf" });
        await Expect(row).ToContainTextAsync("Failed");
        await Expect(row.Locator(".row-error")).Not.ToBeEmptyAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete broken.pdf" }).ClickAsync();
        await page.Locator("fluent-button", new() { HasText = "Delete" }).ClickAsync();

        await Expect(row).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Names_and_words_of_documents_are_shown_and_never_run()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/files");
        var page = watched.Page;
        var store = await page.CreateStoreAsync("<img src=x onerror=alert(1)>");
        await page.UploadAsync(
            "a<script>alert(2)<.txt", "The password of the safe is <script>alert(3)</script> swordfish.");

        await page.AskAsync(store, "What is the password of the safe?");

        await Expect(page.Locator(".turn").Last).ToContainTextAsync("<script>alert(3)</script> swordfish");
        Assert.Empty(watched.Complaints);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/?range=week&by=time")]
    [InlineData("/files")]
    [InlineData("/ask")]
    [InlineData("/batches")]
    [InlineData("/models")]
    [InlineData("/prompts")]
    [InlineData("/cache")]
    [InlineData("/conversations")]
    [InlineData("/guards")]
    [InlineData("/mcp-servers")]
    [InlineData("/pseudonyms")]
    [InlineData("/sources")]
    [InlineData("/lineage")]
    [InlineData("/erasures")]
    [InlineData("/usage")]
    [InlineData("/alerts")]
    [InlineData("/budgets")]
    [InlineData("/keys")]
    public async Task Each_page_fits_a_phone_in_both_themes_and_is_accessible(string path)
    {
        var stack = await stacks.StackAsync(Token);
        foreach (var theme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await using var watched = await browser.OpenAsync(stack, path, theme, width: 390);
            await Expect(watched.Page.Locator("h1")).ToBeVisibleAsync();
            await Expect(watched.Page.Locator(".loading")).ToHaveCountAsync(0);

            await watched.AssertFitsAndIsAccessibleAsync(Token);
        }
    }

    [Fact]
    public async Task A_stranger_sees_the_sign_in_page_and_a_used_link_signs_nobody_in()
    {
        var stack = await stacks.StackAsync(Token);
        var page = await browser.OpenStrangerAsync(stack);

        await page.GotoAsync("/files");
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/login"));

        var response = await page.GotoAsync(stack.Login.ToString());
        Assert.Equal(403, response!.Status);
        await page.GotoAsync("/files");
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/login"));
    }
}
