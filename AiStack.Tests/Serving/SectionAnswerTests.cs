using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.Contracts.Search;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Serving;

/// <summary>A model reads what stands beside the passages that were found; an engine that quotes does not.</summary>
public sealed class SectionAnswerTests(ServingFixture serving) : IClassFixture<ServingFixture>
{
    private const string Beside = "Part-time employees have 14 days of paid holiday.";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_model_says_of_it_is_borne_out_and_quoted_at_its_own_place()
    {
        var (found, part) = Find();
        serving.Upstream.Script = (context, _) =>
            Upstream.SayAsync(context, "Part-time employees have 14 days of holiday [1].");

        var text = (await AskAsync("openai")).GetProperty("output")[1].GetProperty("content")[0];

        var rules = JsonElement.Parse(serving.Upstream.Asked.Last()).GetProperty("messages")[0]
            .GetProperty("content").GetString()!;
        Assert.Contains($"{found.Text}\n{Beside}\n", rules, StringComparison.Ordinal);
        Assert.DoesNotContain("not in the sources", text.GetProperty("text").GetString(), StringComparison.Ordinal);
        var citation = Assert.Single(text.GetProperty("annotations").EnumerateArray());
        Assert.Equal(Beside, citation.GetProperty("quote").GetString());
        Assert.Equal(part.ChunkId.ToString(), citation.GetProperty("chunk_id").GetString());
        Assert.Equal(
            (part.Start, part.End, 4),
            (citation.GetProperty("start").GetInt32(), citation.GetProperty("end").GetInt32(),
                citation.GetProperty("page").GetInt32()));
    }

    [Theory]
    [InlineData("openai", true)]
    [InlineData("extractive", false)]
    public async Task It_is_asked_for_where_a_model_reads_it(string engine, bool isAskedFor)
    {
        Find();
        serving.Upstream.Script = (context, _) => Upstream.SayAsync(context, "Yes.");

        await AskAsync(engine);

        var asked = JsonElement.Parse(serving.Retrieval.Asked.Last());
        Assert.Equal(isAskedFor, asked.GetProperty("include_section").GetBoolean());
    }

    private (Passage Found, SectionPart Part) Find()
    {
        var found = Found.Passage("Full-time employees have 27 days of paid holiday.", .9);
        var start = found.End + 1;
        var part = new SectionPart(
            Id<Chunk>.New(), found.Ordinal + 1, Beside, start, start + Beside.Length, Page: 4, TableHead: null);
        serving.Retrieval.Always(Found.Search(.9, found with { Section = [part] }));
        return (found, part);
    }

    private async Task<JsonElement> AskAsync(string engine)
    {
        using var client = serving.Service.CreateClient(PostgresFixture.NewProject());
        using var response = await client.PostAsJsonAsync(
            "/v1/responses",
            new
            {
                model = engine,
                input = "How many days of paid holiday do part-time employees have?",
                tools = new[] { new { type = "file_search", vector_store_ids = new[] { Found.Store.ToString() } } },
            },
            Cancellation);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.True(response.IsSuccessStatusCode, body.ToString());
        return body;
    }
}
