using AiStack.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console.Lineage;

/// <summary>The way from a file to an answer, as a picture whose boxes lead on.</summary>
public sealed class LineagePageTests(StackFixture stacks, BrowserFixture browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_is_followed_back_to_its_file_and_the_file_to_the_answer()
    {
        var stack = await stacks.StackAsync(Token);
        await using var watched = await browser.OpenAsync(stack, "/files", ColorScheme.Dark);
        var page = watched.Page;
        var name = $"Traced {Guid.CreateVersion7():N}";
        var store = await page.CreateStoreAsync(name);
        await page.UploadAsync("opening-hours-of-the-workshop.txt", "The workshop opens at seven in the morning.");
        await page.AskAsync(store, "When does the workshop open?");
        await page.GetByRole(AriaRole.Link, new() { Name = "Lineage" }).Last.ClickAsync();

        var boxes = page.Locator(".lineage-box");
        await Expect(page.Locator(".lineage-box.is-start")).ToContainTextAsync("Answer");
        await Expect(boxes).ToHaveCountAsync(4);
        await Expect(boxes.Filter(new() { HasText = "In a store" })).ToContainTextAsync("Traced");
        Assert.Equal(4, await boxes.EvaluateAllAsync<int>(
            "all => all.filter(box => [...box.querySelectorAll('text')].every(text => "
            + "text.getBBox().width <= box.querySelector('rect').getBBox().width - 20)).length"));
        await watched.AssertFitsAndIsAccessibleAsync(Token);

        var passage = page.Locator(".used li").First;
        await Expect(passage).ToContainTextAsync("bytes 0 to ");
        await passage.GetByRole(AriaRole.Link, new() { Name = "answers that used this file" }).ClickAsync();
        await Expect(page.Locator(".answer-id")).ToHaveCountAsync(1);
        await page.Locator(".answer-id a").ClickAsync();
        await boxes.Filter(new() { HasText = "opening-hours" }).ClickAsync();
        await Expect(page.Locator("h1")).ToContainTextAsync("opening-hours-of-the-workshop.txt");
        Assert.Empty(watched.Complaints);
    }
}
