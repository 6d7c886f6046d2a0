using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console.Alerts;

/// <summary>An alert as a person meets it.</summary>
public sealed class AlertsPageTests(BrowserFixture browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_people_do_not_like_is_an_alert_on_the_first_page_and_history_when_it_is_over()
    {
        // A stack of its own, which looks at its rules often: others of the shared one do like their answers.
        await using var stack = await RunningStack.StartAsync(
            ["--Evals:Alerts:CheckEvery=00:00:01", "--Evals:Alerts:ResolveAfter=00:00:05"], Token);
        using var client = stack.CreateClient();
        var answer = await AskAsync(client);
        await JudgeAsync(client, answer, "down");
        await using var watched = await browser.OpenAsync(stack, "/");
        var page = watched.Page;

        var alert = page.Locator(".notice-bad", new() { HasText = "People are not content" });
        await Expect(alert).ToContainTextAsync("100 %; the limit is 50 %.");
        await alert.GetByRole(AriaRole.Link).ClickAsync();

        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "People are not content" });
        await Expect(row).ToContainTextAsync("now");

        await JudgeAsync(client, answer, "up");
        await Expect(row).Not.ToContainTextAsync("now");
        await page.GetByRole(AriaRole.Link, new() { Name = "Open", Exact = true }).ClickAsync();
        await Expect(page.GetByText("Nothing needs a look")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Over", Exact = true }).ClickAsync();
        await Expect(row).ToBeVisibleAsync();

        // What was kept is there after the browser, and the Console, have forgotten it.
        await page.ReloadAsync();
        await Expect(row).ToBeVisibleAsync();
        Assert.Empty(watched.Complaints);
    }

    private static async Task<string> AskAsync(HttpClient client)
    {
        using var response = await client.PostAsJsonAsync(
            "/v1/responses", new { model = "default", input = "Hello?" }, Token);
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("id").GetString()!;
    }

    private static async Task JudgeAsync(HttpClient client, string answer, string verdict)
    {
        foreach (var person in Enumerable.Range(0, 20))
        {
            using var given = await client.PostAsJsonAsync(
                "/api/feedback", new { response_id = answer, verdict, user = $"person {person}" }, Token);
            given.EnsureSuccessStatusCode();
        }
    }
}
