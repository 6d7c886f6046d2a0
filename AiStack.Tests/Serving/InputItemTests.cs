using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Serving;

/// <summary>The list of a stored response's input.</summary>
public sealed class InputItemTests(ServingFixture serving) : IClassFixture<ServingFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_input_is_walked_in_pages_both_ways_in_the_order_of_the_request()
    {
        using var client = serving.Service.CreateClient(PostgresFixture.NewProject());
        var input = Enumerable.Range(0, 5).Select(i => new { role = "user", content = $"Part {i}." });
        using var made = await client.PostAsJsonAsync("/v1/responses", new { model = "default", input }, Cancellation);
        var response = await made.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        var path = $"/v1/responses/{response.GetProperty("id").GetString()}/input_items";

        var newest = await PageAsync("limit=2");
        var next = await PageAsync($"limit=2&after={newest.Last}");
        var last = await PageAsync($"limit=2&after={next.Last}");
        var back = await PageAsync($"limit=2&before={last.First}");
        var oldest = await PageAsync("limit=2&order=asc");
        var between = await PageAsync($"order=asc&after={oldest.First}&before={newest.First}");

        Assert.Equal(("4 3", true), (newest.Parts, newest.HasMore));
        Assert.Equal(("2 1", true), (next.Parts, next.HasMore));
        Assert.Equal(("0", false), (last.Parts, last.HasMore));
        Assert.Equal(("2 1", true), (back.Parts, back.HasMore));
        Assert.Equal(("0 1", true), (oldest.Parts, oldest.HasMore));
        Assert.Equal(("1 2 3", false), (between.Parts, between.HasMore));

        async Task<(string Parts, bool HasMore, string First, string Last)> PageAsync(string query)
        {
            var page = await client.GetFromJsonAsync<JsonElement>($"{path}?{query}", Cancellation);
            var parts = page.GetProperty("data").EnumerateArray()
                .Select(item => item.GetProperty("content")[0].GetProperty("text").GetString()![5..^1]);
            return (
                string.Join(' ', parts),
                page.GetProperty("has_more").GetBoolean(),
                page.GetProperty("first_id").GetString()!,
                page.GetProperty("last_id").GetString()!);
        }
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("limit=many", "limit")]
    [InlineData("order=up", "order")]
    [InlineData("after=nonsense", "after")]
    [InlineData("after=msg_00000000000000000000000000000000", "after")]
    [InlineData("before=msg_00000000000000000000000000000000", "before")]
    public async Task A_page_of_the_input_that_cannot_be_is_refused_by_name(string query, string parameter)
    {
        using var client = serving.Service.CreateClient(PostgresFixture.NewProject());
        using var made = await client.PostAsJsonAsync(
            "/v1/responses", new { model = "default", input = "x" }, Cancellation);
        var response = await made.Content.ReadFromJsonAsync<JsonElement>(Cancellation);

        using var refused = await client.GetAsync(
            $"/v1/responses/{response.GetProperty("id").GetString()}/input_items?{query}", Cancellation);

        var error = (await refused.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("error");
        Assert.Equal((HttpStatusCode.BadRequest, parameter),
            (refused.StatusCode, error.GetProperty("param").GetString()));
    }
}
