using System.Text.RegularExpressions;
using AiStack.Tests.EndToEnd;
using AiStack.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console;

/// <summary>
/// A newcomer on a new stack, by the Console alone. On the way a picture of each page is taken, in both themes, to
/// artifacts/test-output/pictures; <c>eng/pictures.sh</c> puts those of docs/pictures in their place.
/// </summary>
public sealed class TourTests(BrowserFixture browser)
{
    private const string Question = "How many days of paid leave does an employee earn in a year?";

    private static readonly string _pictures = Path.Combine(Repository.Root, "artifacts/test-output/pictures");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_samples_are_loaded_asked_and_cited_and_the_question_leads_to_its_cost()
    {
        await using var stack = await RunningStack.StartAsync([], Token);
        await using var watched = await browser.OpenAsync(stack, "/");
        var page = watched.Page;

        await page.Locator("fluent-button", new() { HasText = "Load the samples" }).ClickAsync();
        await Expect(page.Locator(".card", new() { HasText = "searchable" }).Locator(".figure"))
            .ToHaveTextAsync(new Regex("^3[0-9]$"));

        await page.GetByRole(AriaRole.Link, new() { Name = "Ask", Exact = true }).First.ClickAsync();
        await Expect(page.Locator("#store-picker option:checked")).ToContainTextAsync("samples");
        await page.AskAsync(Question);
        var answer = page.Locator(".turn").Last;
        await Expect(answer).ToContainTextAsync("27 days of paid annual leave");
        await answer.Locator("a.citation").First.ClickAsync();
        await Expect(page.Locator("#quote")).ToContainTextAsync("27 days");
        await PictureAsync(page, "ask");

        await page.GetByRole(AriaRole.Link, new() { Name = "Usage", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "extractive" })).ToContainTextAsync("0 USD");

        foreach (var (name, path) in new[]
        {
            ("overview", "/"), ("files", "/files"), ("models", "/models"), ("usage", "/usage"),
            ("alerts", "/alerts"), ("keys", "/keys"),
        })
        {
            await page.GotoAsync(path);
            await page.Locator(".frame:not([aria-busy])").WaitForAsync();
            await Expect(page.Locator(".loading")).ToHaveCountAsync(0);
            await PictureAsync(page, name);
        }

        Assert.Empty(watched.Complaints);
    }

    // Charts follow the theme by a script of their own, so the page is drawn once more before each picture.
    private static async Task PictureAsync(IPage page, string name)
    {
        foreach (var theme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = theme });
            await Expect(page.Locator(".chart:not(.is-empty) .chart-area:empty")).ToHaveCountAsync(0);
            await page.EvaluateAsync(
                "() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
            await page.ScreenshotAsync(
                new() { Path = Path.Combine(_pictures, $"{name}-{theme.ToString().ToLowerInvariant()}.png") });
        }

        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
    }
}
