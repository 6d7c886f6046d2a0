using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Tests.Console;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.EndToEnd;

/// <summary>The API's own description, for people at /docs and for programs as OpenAPI.</summary>
public sealed class ApiDocsTests(StackFixture stacks, BrowserFixture browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("v1", "/api/keys")]
    [InlineData("ingest", "/v1/files")]
    [InlineData("retrieval", "/v1/vector_stores/{id}/search")]
    [InlineData("serving", "/v1/responses")]
    [InlineData("evals", "/v1/evals/{evalId}/runs")]
    public async Task Every_service_describes_its_endpoints_and_each_says_what_it_does(string part, string path)
    {
        var stack = await stacks.StackAsync(Token);
        using var anyone = new HttpClient { BaseAddress = stack.Api };

        var document = await anyone.GetFromJsonAsync<JsonElement>($"/openapi/{part}.json", Token);

        var paths = document.GetProperty("paths");
        Assert.True(paths.TryGetProperty(path, out _), $"{paths}");
        Assert.DoesNotContain("/internal", paths.GetRawText(), StringComparison.Ordinal);
        var silent = paths.EnumerateObject()
            .SelectMany(found => found.Value.EnumerateObject().Select(operation => (found.Name, Operation: operation)))
            .Where(found => !found.Operation.Value.TryGetProperty("summary", out _))
            .Select(found => $"{found.Operation.Name} {found.Name}");
        Assert.Empty(silent);
    }

    [Fact]
    public async Task The_page_shows_the_whole_api_and_loads_nothing_from_elsewhere()
    {
        var stack = await stacks.StackAsync(Token);
        var page = await browser.OpenStrangerAsync(stack, stack.Api);
        var elsewhere = new List<string>();
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url) is { Scheme: "http" or "https" } asked && asked.Authority != stack.Api.Authority)
            {
                elsewhere.Add(request.Url);
            }
        };

        await page.GotoAsync("/docs");

        await Expect(page.GetByText("Answers and models").First).ToBeVisibleAsync();
        await Expect(page.GetByText("Answers a question, from the sources").First).ToBeVisibleAsync();
        Assert.Empty(elsewhere);
    }
}
