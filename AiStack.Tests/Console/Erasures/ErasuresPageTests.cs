using System.Net.Http.Json;
using AiStack.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console.Erasures;

/// <summary>Erasures as an administrator has them made.</summary>
public sealed class ErasuresPageTests(StackFixture stacks, BrowserFixture browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task A_person_is_erased_after_a_look_at_what_would_go(ColorScheme theme, int width)
    {
        var stack = await stacks.StackAsync(Token);
        var name = $"Zora Quix{Guid.CreateVersion7():N}";
        using (var client = stack.CreateClient())
        {
            using var said = await client.PostAsJsonAsync(
                "/v1/conversations", new { items = new[] { new { role = "user", content = $"{name} called." } } },
                Token);
            said.EnsureSuccessStatusCode();
        }

        await using var watched = await browser.OpenAsync(stack, "/erasures", theme, width: width);
        var page = watched.Page;
        var erase = page.GetByRole(AriaRole.Button, new() { Name = "Erase it for good" });
        await page.Locator("#erase-of").FillAsync(name);
        await page.Locator("#erase-reason").FillAsync("Case 12");
        await Expect(erase).ToBeDisabledAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Show what would go" }).ClickAsync();
        await Expect(page.GetByText("Nothing was changed.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "serving.conversation_item" })).ToBeVisibleAsync();
        await watched.AssertFitsAndIsAccessibleAsync(Token);
        await erase.ClickAsync();

        await Expect(page.GetByText("Erasure: Done.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Receipt" }).First).ToBeVisibleAsync();
        Assert.Empty(watched.Complaints);
    }
}
