using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AiStack.Console.Batches;
using AiStack.Console.SignIn;
using AiStack.Tests.Console.Dashboard;
using AiStack.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console.Batches;

/// <summary>Batches as people start, watch and cancel them.</summary>
public sealed class BatchesPageTests(StackFixture stacks, BrowserFixture browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_batch_is_started_from_a_file_runs_to_its_end_and_its_files_are_saved()
    {
        var stack = await stacks.StackAsync(Token);
        var name = $"<i>-{Guid.CreateVersion7():N}.jsonl";
        var file = await UploadAsync(
            stack,
            name,
            Line("good", """{"model":"default","input":"Hello?"}"""),
            Line("bad", """{"model":"default","input":"Hello?","temperature":9}"""));
        await using var watched = await browser.OpenAsync(stack, "/batches");
        var page = watched.Page;

        await page.GetByLabel("File of requests").SelectOptionAsync(file);
        await page.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();
        var card = page.GetByRole(AriaRole.Article, new() { Name = name });
        await Expect(card).ToContainTextAsync("Completed, with failures");
        await Expect(card.GetByRole(AriaRole.Img))
            .ToHaveAttributeAsync("aria-label", "1 completed and 1 failed of 2 requests");
        await Expect(card).ToContainTextAsync("0 USD");
        await Expect(card.GetByRole(AriaRole.Button, new() { Name = "Cancel" })).ToHaveCountAsync(0);

        Assert.Contains("\"good\"", await SaveAsync(page, card, "Answers"), StringComparison.Ordinal);
        Assert.Contains("\"bad\"", await SaveAsync(page, card, "Failures"), StringComparison.Ordinal);
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task A_batch_that_was_not_begun_says_which_lines_are_wrong()
    {
        var stack = await stacks.StackAsync(Token);
        var name = $"wrong-{Guid.CreateVersion7():N}.jsonl";
        await StartAsync(stack, await UploadAsync(stack, name, "nonsense", "{}"));
        await using var watched = await browser.OpenAsync(stack, "/batches");

        var card = watched.Page.GetByRole(AriaRole.Article, new() { Name = name });
        await Expect(card.Locator(".state")).ToContainTextAsync("Failed");
        await Expect(card).ToContainTextAsync("Line 1: The line is no JSON");
        await card.GetByText("1 more").ClickAsync();
        await Expect(card).ToContainTextAsync("Line 2: A line needs a 'custom_id'.");
    }

    [Fact]
    public async Task A_running_batch_is_cancelled_after_a_question()
    {
        var stack = await stacks.StackAsync(Token);
        var name = $"long-{Guid.CreateVersion7():N}.jsonl";
        var lines = Enumerable.Range(0, 5_000).Select(i => Line($"c{i}", """{"model":"default","input":"Hello?"}"""));
        await StartAsync(stack, await UploadAsync(stack, name, [.. lines]));
        await using var watched = await browser.OpenAsync(stack, "/batches");
        var card = watched.Page.GetByRole(AriaRole.Article, new() { Name = name });

        await card.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await watched.Page.ConfirmAsync("Cancel the batch");

        await Expect(card.Locator(".state")).ToHaveTextAsync(new Regex("^\\s*Cancelled\\s*$"));
        await Expect(card.GetByRole(AriaRole.Link, new() { Name = "Failures" })).ToBeVisibleAsync();
        Assert.Empty(watched.Complaints);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task A_list_with_batches_in_it_fits_a_phone_and_is_accessible(ColorScheme theme)
    {
        var stack = await stacks.StackAsync(Token);
        var name = $"{new string('a', 80)}-{Guid.CreateVersion7():N}.jsonl";
        await StartAsync(stack, await UploadAsync(stack, name, "nonsense"));
        await using var watched = await browser.OpenAsync(stack, "/batches", theme, width: 390);
        await Expect(watched.Page.GetByRole(AriaRole.Article, new() { Name = name })).ToContainTextAsync("Failed");

        await watched.AssertFitsAndIsAccessibleAsync(Token);
    }

    [Theory]
    [InlineData(Roles.Viewer, false)]
    [InlineData(Roles.Operator, true)]
    public async Task Only_operators_are_offered_to_cancel(string role, bool isOffered)
    {
        await using var console = new ConsoleFactory();

        var card = await console.DrawAsync<BatchCard>(role, new()
        {
            [nameof(BatchCard.Batch)] = new BatchView(
                "batch_1", "/v1/responses", "file-1", "in_progress", null, null, 0, null, null, null, null,
                new(9, 1, 0)),
            [nameof(BatchCard.InputName)] = "requests.jsonl",
        });

        Assert.Contains("1 completed and 0 failed of 9 requests", card, StringComparison.Ordinal);
        Assert.Equal(isOffered, card.Contains("Cancel requests.jsonl", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stranger_is_given_no_file()
    {
        var stack = await stacks.StackAsync(Token);
        using var stranger = new HttpClient { BaseAddress = stack.Console };

        using var refused = await stranger.GetAsync(
            new Uri($"batches/files/{await UploadAsync(stack, "own.jsonl", "{}")}", UriKind.Relative), Token);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    private static string Line(string id, string body) =>
        $$"""{"custom_id":"{{id}}","method":"POST","url":"/v1/responses","body":{{body}}}""";

    private static async Task<string> SaveAsync(IPage page, ILocator card, string link)
    {
        var saved = await page.RunAndWaitForDownloadAsync(
            () => card.GetByRole(AriaRole.Link, new() { Name = link }).ClickAsync());
        Assert.EndsWith(".jsonl", saved.SuggestedFilename, StringComparison.Ordinal);
        return await File.ReadAllTextAsync(await saved.PathAsync(), Token);
    }

    private static async Task<string> UploadAsync(RunningStack stack, string name, params string[] lines)
    {
        using var client = stack.CreateClient();
        using var form = new MultipartFormDataContent
        {
            { new StringContent("batch"), "purpose" },
            { new ByteArrayContent(Encoding.UTF8.GetBytes(string.Join('\n', lines))), "file", name },
        };
        using var stored = await client.PostAsync("/v1/files", form, Token);
        stored.EnsureSuccessStatusCode();
        return (await stored.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("id").GetString()!;
    }

    private static async Task StartAsync(RunningStack stack, string file)
    {
        using var client = stack.CreateClient();
        using var made = await client.PostAsJsonAsync(
            "/v1/batches",
            new { input_file_id = file, endpoint = "/v1/responses", completion_window = "24h" },
            Token);
        made.EnsureSuccessStatusCode();
    }
}
