using System.Text;
using AiStack.Console.Stores;
using AiStack.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console.Stores;

/// <summary>Files that failed or were read with warnings, as a person finds them and what a report says.</summary>
public sealed class ProblemsTests(StackFixture stacks, BrowserFixture browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Failed_and_warned_files_are_listed_found_and_read_again()
    {
        await using var watched = await browser.OpenAsync(await stacks.StackAsync(Token), "/files");
        var page = watched.Page;
        await page.CreateStoreAsync("Problems");
        await page.UploadAsync("good.txt", "Bicycles are serviced in April.");
        await page.UploadAsync("cut.jsonl", "{\"name\": \"Ada\", \"days\": 30}\n{\"name\": \"Bo\", \"da\n");
        await page.ChooseFilesAsync(("broken.pdf", "This is no PDF."));
        await page.GetByRole(AriaRole.Link, new() { Name = "1 failed" }).ClickAsync();

        var rows = page.Locator(".problem-table tbody tr");
        await Expect(rows.Filter(new() { HasText = "broken.pdf" })).ToContainTextAsync("not of that format");
        await page.GetByRole(AriaRole.Link, new() { Name = "All (2)" }).ClickAsync();
        await Expect(rows.Filter(new() { HasText = "cut.jsonl" })).ToContainTextAsync("lines not read");
        await page.GetByLabel("Name or reason contains").FillAsync("cut");
        await Expect(rows.Filter(new() { HasText = "broken.pdf" })).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Read the failed again" }).ClickAsync();
        await Expect(page.GetByText("1 file will be read again.")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "cut.jsonl" }).ClickAsync();
        var report = page.GetByRole(AriaRole.Region, new() { Name = "How it was read" });
        await Expect(report).ToContainTextAsync("line 2");
        await Expect(report).ToContainTextAsync("English");
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public void A_name_that_begins_as_a_formula_is_none_in_the_csv()
    {
        var csv = Encoding.UTF8.GetString(ProblemsCsv.Write(
            [new("file-1", "=HYPERLINK(\"http://evil\")", true, "It is damaged, \"badly\".", DateTimeOffset.UnixEpoch)]));

        Assert.DoesNotContain("\n=", csv, StringComparison.Ordinal);
        Assert.DoesNotContain("\n\"=", csv, StringComparison.Ordinal);
        Assert.Contains("file-1,failed,\"It is damaged, \"\"badly\"\".\"", csv, StringComparison.Ordinal);
    }
}
