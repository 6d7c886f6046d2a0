using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Contracts.Search;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Authentication;
using Xunit;

namespace AiStack.Tests.Retrieval.Search;

/// <summary>Searching stores, from the file to the passage.</summary>
public sealed class SearchTests(RetrievalFixture fixture) : IClassFixture<RetrievalFixture>
{
    private static readonly (string, string)[] _documents =
    [
        (
            "leave.md",
            "# Leave\n\n## Holidays\n\nEverybody has 27 days of paid holiday each year.\n\n"
            + "## Illness\n\nTell your manager by nine."),
        ("bikes.md", "# Bicycles\n\nA company bicycle is serviced in April.\n\nThe trailer TX-200 carries 40 kg."),
        ("café.txt", "The café in Zürich opens at seven. Its coffee machine was bought second-hand."),
    ];

    private const string Question = "How much paid holiday do I have?";

    [Fact]
    public async Task The_passage_that_answers_comes_first_with_its_place()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(_documents);

        var found = await caller.SearchAsync(store, new { query = "How much paid holiday do I have?" });

        Assert.Equal("leave.md", found[0].GetProperty("filename").GetString());
        Assert.Contains("27 days", found[0].GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Contains("Leave", found[0].GetProperty("heading").GetString());
        Assert.InRange(found[0].GetProperty("score").GetDouble(), 0.3, 1);
    }

    [Fact]
    public async Task The_span_of_a_search_says_which_passages_it_found_and_nothing_of_what_they_say()
    {
        var spans = new ConcurrentBag<Activity>();
        using var listener = Listen(spans);
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(_documents);

        var found = await caller.SearchAsync(store, new { query = Question });

        var file = found[0].GetProperty("file_id").GetString()!;
        var search = SearchOf(spans, store);
        var told = search.GetTagItem("gen_ai.retrieval.documents")!.ToString()!;
        using var documents = JsonDocument.Parse(told);
        Assert.Equal(file, documents.RootElement[0].GetProperty("file_id").GetString());
        Assert.InRange(documents.RootElement[0].GetProperty("score").GetDouble(), 0.3, 1);
        Assert.Equal("retrieval", search.GetTagItem("gen_ai.operation.name"));
        Assert.Equal(Question.Length, search.GetTagItem("aistack.retrieval.query.length"));
        Assert.Equal(found.Count, search.GetTagItem("aistack.retrieval.results"));
        Assert.InRange((int)search.GetTagItem("aistack.retrieval.candidates")!, found.Count, 4);
        Assert.Equal("auto", search.GetTagItem("aistack.retrieval.ranker"));
        Assert.InRange((double)search.GetTagItem("aistack.retrieval.top_score")!, 0.3, 1);
        Assert.DoesNotContain(
            search.TagObjects,
            tag => tag.Value?.ToString()?.Contains("holiday", StringComparison.OrdinalIgnoreCase) == true);
    }

    [Fact]
    public async Task The_span_of_a_search_is_linked_to_the_runs_that_made_its_files_searchable()
    {
        var spans = new ConcurrentBag<Activity>();
        using var listener = Listen(spans);
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(_documents);

        var found = await caller.SearchAsync(store, new { query = Question });

        var processed = spans.Where(span => span.Source.Name == "AiStack.Ingest")
            .ToLookup(span => $"{span.GetTagItem("aistack.file.id")}");
        var links = SearchOf(spans, store).Links
            .ToDictionary(link => $"{link.Tags!.Single().Value}", link => link.Context);
        Assert.NotEmpty(links);
        Assert.Equal(
            found.Select(passage => passage.GetProperty("file_id").GetString()).Distinct().Order(),
            links.Keys.Order());
        Assert.All(
            links,
            link =>
            {
                var run = Assert.Single(processed[link.Key], span => span.SpanId == link.Value.SpanId);
                Assert.Equal(run.TraceId, link.Value.TraceId);
                Assert.Equal("completed", run.GetTagItem("aistack.ingest.outcome"));
            });
    }

    [Theory]
    [InlineData("tx200", "bikes.md")]
    [InlineData("TX-200", "bikes.md")]
    [InlineData("cafe zurich", "café.txt")]
    [InlineData("vacation", "leave.md")] // Not a word of any document: the vectors know it.
    public async Task Words_are_found_however_they_are_written(string query, string filename)
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(_documents);

        var found = await caller.SearchAsync(store, new { query, max_num_results = 1 });

        Assert.Equal(filename, Assert.Single(found).GetProperty("filename").GetString());
    }

    [Fact]
    public async Task A_deleted_file_is_found_no_more_from_that_moment()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(_documents);
        var found = await caller.SearchAsync(store, new { query = "paid holiday" });

        await caller.DeleteFileAsync(found[0].GetProperty("file_id").GetString()!);

        var after = await caller.SearchAsync(store, new { query = "paid holiday" });
        Assert.DoesNotContain("leave.md", after.Select(result => result.GetProperty("filename").GetString()));
        await Fixtures.Eventually.ReadAsync(
            () => caller.GetAsync($"/v1/vector_stores/{store}"),
            read => read.GetProperty("file_counts").GetProperty("total").GetInt32() == 2);
    }

    [Fact]
    public async Task A_detached_file_is_found_no_more_by_any_replica_and_again_when_it_is_back()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(_documents);
        await using var replica = fixture.StartRetrieval();
        var elsewhere = new StoreCaller(
            caller.Project, replica.CreateClient(caller.Project), replica.CreateClient(caller.Project),
            TestContext.Current.CancellationToken);
        var file = (await elsewhere.SearchAsync(store, new { query = "coffee" }))[0].GetProperty("file_id").GetString();

        await caller.DeleteAsync($"/v1/vector_stores/{store}/files/{file}");
        var without = await elsewhere.SearchAsync(store, new { query = "coffee" });
        await caller.PostAsync($"/v1/vector_stores/{store}/files", new { file_id = file });
        await caller.CompletedAsync(store);
        var with = await elsewhere.SearchAsync(store, new { query = "coffee" });

        Assert.DoesNotContain(file, without.Select(result => result.GetProperty("file_id").GetString()));
        Assert.Equal(file, with[0].GetProperty("file_id").GetString());
    }

    [Fact]
    public async Task Filters_see_attributes_and_their_changes()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(("a.txt", "The price is ten."), ("b.txt", "The price is twenty."));
        var files = (await caller.GetAsync($"/v1/vector_stores/{store}/files?order=asc")).GetProperty("data");
        await caller.PostAsync(
            $"/v1/vector_stores/{store}/files/{files[0].GetProperty("id")}", new { attributes = new { year = 2025 } });
        await caller.PostAsync(
            $"/v1/vector_stores/{store}/files/{files[1].GetProperty("id")}", new { attributes = new { year = 2026 } });

        var found = await caller.SearchAsync(
            store, new { query = "price", filters = new { type = "gte", key = "year", value = 2026 } });

        Assert.Equal("b.txt", Assert.Single(found).GetProperty("filename").GetString());
        Assert.Equal(2026, found[0].GetProperty("attributes").GetProperty("year").GetInt32());
    }

    [Fact]
    public async Task No_passage_below_the_threshold_is_returned()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(_documents);

        var all = await caller.SearchAsync(store, new { query = "paid holiday" });
        var some = await caller.SearchAsync(
            store, new { query = "paid holiday", ranking_options = new { score_threshold = 0.5 } });

        Assert.True(some.Count < all.Count);
        Assert.All(some, result => Assert.InRange(result.GetProperty("score").GetDouble(), 0.5, 1));
    }

    [Theory]
    [InlineData("""{"query": "x", "max_num_results": 0}""", "max_num_results")]
    [InlineData("""{"query": "x", "max_num_results": 51}""", "max_num_results")]
    [InlineData("""{"query": "x", "max_num_results": "ten"}""", "max_num_results")]
    [InlineData("""{"query": ""}""", "query")]
    [InlineData("""{"query": 5}""", "query")]
    [InlineData("""{"query": "\ud800"}""", "query")]
    [InlineData("""{"query": "x", "filters": {"type": "eq", "key": "a", "value": ["\u0000"]}}""", "filters.value[0]")]
    [InlineData("""{"query": "x", "top_k": 3}""", "top_k")]
    [InlineData("""{"query": "x", "include": ["scores"]}""", "include")]
    [InlineData("""{"query": "x", "ranking_options": {"score_threshold": 2}}""", "ranking_options.score_threshold")]
    [InlineData("""{"query": "x", "ranking_options": {"treshold": 0.5}}""", "ranking_options.treshold")]
    [InlineData("""{"query": "x", "filters": {"type": "like", "key": "a", "value": "b"}}""", "filters.type")]
    [InlineData(
        """{"query": "x", "filters": {"type": "and", "filters": [{"type": "eq", "key": "a"}]}}""",
        "filters.filters[0].value")]
    public async Task A_search_that_cannot_be_is_refused_by_the_name_of_the_field(string request, string parameter)
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync();

        var refused = await caller.RefusedAsync(
            $"/v1/vector_stores/{store}/search", JsonDocument.Parse(request).RootElement);

        Assert.Equal((400, parameter), (refused.Status, refused.Param));
    }

    [Fact]
    public async Task A_query_too_long_is_refused_with_the_limit()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync();

        var refused = await caller.RefusedAsync(
            $"/v1/vector_stores/{store}/search", new { query = new string('x', 10_001) });

        Assert.Equal("query", refused.Param);
        Assert.Contains("10000", refused.Message);
    }

    [Fact]
    public async Task An_empty_store_has_nothing_and_says_so_calmly()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync();

        Assert.Empty(await caller.SearchAsync(store, new { query = "anything" }));
    }

    [Fact]
    public async Task The_best_sentence_of_each_passage_and_its_score_come_when_they_are_asked_for()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(_documents);
        const string Query = "When is a company bicycle serviced?";

        var with = await caller.SearchAsync(store, new { query = Query, include = new[] { "best_sentence" } });
        var without = await caller.SearchAsync(store, new { query = Query });

        var text = with[0].GetProperty("content")[0].GetProperty("text").GetString()!;
        var best = with[0].GetProperty("best_sentence");
        Assert.Equal(
            "A company bicycle is serviced in April.",
            text[best.GetProperty("start").GetInt32()..best.GetProperty("end").GetInt32()]);
        Assert.InRange(best.GetProperty("score").GetDouble(), 0.9, 1);
        Assert.All(without, result => Assert.False(result.TryGetProperty("best_sentence", out _)));
        Assert.Equal(with.Select(Score), without.Select(Score));
    }

    [Fact]
    public async Task The_inner_search_points_at_the_sentences_that_answer()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(_documents);

        using var response = await caller.Retrieval.PostAsJsonAsync(
            "/internal/search",
            new PassageSearchRequest([store], "When is a company bicycle serviced?", IncludeSentences: true),
            JsonDefaults.Options,
            TestContext.Current.CancellationToken);
        var found = await response.Content.ReadFromJsonAsync<PassageSearchResponse>(
            JsonDefaults.Options, TestContext.Current.CancellationToken);

        var passage = found!.Results[0];
        var best = passage.Sentences!.MaxBy(sentence => sentence.Score)!;
        Assert.Equal("A company bicycle is serviced in April.", passage.Text[best.Start..best.End]);
        Assert.Equal(1, best.Coverage, 3);
    }

    [Fact]
    public async Task Both_searches_need_the_scope_of_stores()
    {
        var project = Fixtures.PostgresFixture.NewProject();
        var chat = fixture.Retrieval.CreateClient(project, Scopes.ChatWrite);
        var stores = fixture.Retrieval.CreateClient(project, Scopes.VectorStoresRead);

        Assert.Equal(403, await StatusAsync(chat, "/v1/vector_stores/vs_0/search"));
        Assert.Equal(404, await StatusAsync(stores, "/v1/vector_stores/vs_0/search"));
        Assert.Equal(403, await StatusAsync(chat, "/internal/search"));
        Assert.Equal(404, await StatusAsync(stores, "/internal/search"));
    }

    private static async Task<int> StatusAsync(HttpClient client, string path)
    {
        using var response = await client.PostAsJsonAsync(
            path,
            path.StartsWith("/v1/", StringComparison.Ordinal)
                ? new { query = "x" }
                : new { query = "x", vector_store_ids = new[] { "vs_0" } } as object,
            TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }

    private static double Score(JsonElement result) => result.GetProperty("score").GetDouble();

    private static Activity SearchOf(IEnumerable<Activity> spans, string store) =>
        spans.First(span => Equals(span.GetTagItem("gen_ai.data_source.id"), store));

    private static ActivityListener Listen(ConcurrentBag<Activity> spans)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "AiStack.Retrieval" or "AiStack.Ingest",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
