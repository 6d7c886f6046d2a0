using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.ServiceDefaults.Authentication;
using Xunit;

namespace AiStack.Tests.Retrieval.VectorStores;

/// <summary>Stores and the files in them.</summary>
public sealed class StoreTests(RetrievalFixture fixture) : IClassFixture<RetrievalFixture>
{
    [Fact]
    public async Task A_file_that_is_attached_is_processed_and_counted()
    {
        var caller = fixture.NewCaller();
        var file = await caller.UploadAsync("leave.md", "# Leave\n\nEverybody has 27 days of paid holiday.");
        var store = (await caller.PostAsync("/v1/vector_stores", new { name = "hr" })).GetProperty("id").GetString();

        var attached = await caller.PostAsync(
            $"/v1/vector_stores/{store}/files", new { file_id = file, attributes = new { year = 2026 } });
        var done = await caller.CompletedAsync(store!);

        Assert.Equal("vector_store.file", attached.GetProperty("object").GetString());
        Assert.Equal(1, done.GetProperty("file_counts").GetProperty("completed").GetInt32());
        Assert.Equal(1, done.GetProperty("file_counts").GetProperty("total").GetInt32());
        Assert.True(done.GetProperty("usage_bytes").GetInt64() > 0);
        var listed = await caller.GetAsync($"/v1/vector_stores/{store}/files?filter=completed");
        var only = Assert.Single(listed.GetProperty("data").EnumerateArray());
        Assert.Equal(file, only.GetProperty("id").GetString());
        Assert.Equal(2026, only.GetProperty("attributes").GetProperty("year").GetInt32());
        Assert.Equal(JsonValueKind.Null, only.GetProperty("last_error").ValueKind);
    }

    [Fact]
    public async Task Nobody_puts_a_file_into_a_store_that_they_may_not_read_themselves()
    {
        var project = Fixtures.PostgresFixture.NewProject();
        using var client = fixture.Retrieval.CreateClient(
            project, Scopes.VectorStoresRead, Scopes.VectorStoresWrite, Scopes.FilesWrite);
        using var made = await client.PostAsJsonAsync(
            "/v1/vector_stores", new { name = "empty" }, TestContext.Current.CancellationToken);
        var store = (await made.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken))
            .GetProperty("id").GetString();
        const string File = "file-01990000000070008000000000000009";

        Assert.Equal(HttpStatusCode.OK, made.StatusCode);
        foreach (var (path, body) in new (string, object)[]
                 {
                     ("/v1/vector_stores", new { file_ids = new[] { File } }),
                     ($"/v1/vector_stores/{store}/files", new { file_id = File }),
                     ($"/v1/vector_stores/{store}/file_batches", new { file_ids = new[] { File } }),
                 })
        {
            using var refused = await client.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
            Assert.Equal((path, HttpStatusCode.Forbidden), (path, refused.StatusCode));
        }
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_fails_with_its_reason_and_hurts_no_other()
    {
        var caller = fixture.NewCaller();

        var store = await caller.CreateStoreAsync(
            ("broken.pdf", "%PDF-1.7 and then nothing"), ("good.txt", "The gate closes at nine."));

        var counts = (await caller.GetAsync($"/v1/vector_stores/{store}")).GetProperty("file_counts");
        Assert.Equal((1, 1), (counts.GetProperty("failed").GetInt32(), counts.GetProperty("completed").GetInt32()));
        var failed = (await caller.GetAsync($"/v1/vector_stores/{store}/files?filter=failed")).GetProperty("data")[0];
        Assert.Equal("invalid_file", failed.GetProperty("last_error").GetProperty("code").GetString());
        Assert.NotEmpty(failed.GetProperty("last_error").GetProperty("message").GetString()!);
    }

    [Fact]
    public async Task Attaching_a_file_twice_leaves_it_once_with_each_chunk_once()
    {
        var caller = fixture.NewCaller();
        var text = string.Join(
            "\n\n", Enumerable.Range(1, 400).Select(i => $"Rule {i} says that door {i} is locked at night."));
        var file = await caller.UploadAsync("rules.txt", text);
        var store = (await caller.PostAsync("/v1/vector_stores", new { file_ids = new[] { file } }))
            .GetProperty("id").GetString()!;
        await caller.PostAsync($"/v1/vector_stores/{store}/files", new { file_id = file });
        await caller.CompletedAsync(store);
        await caller.PostAsync($"/v1/vector_stores/{store}/files", new { file_id = file });

        var done = await caller.CompletedAsync(store);
        var found = await caller.SearchAsync(store, new { query = "locked at night", max_num_results = 50 });

        Assert.Equal(1, done.GetProperty("file_counts").GetProperty("total").GetInt32());
        Assert.Equal(
            found.Count, found.Select(result => result.GetProperty("chunk_id").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task Smaller_chunks_are_cut_when_asked_for_and_asking_again_cuts_again()
    {
        var caller = fixture.NewCaller();
        var text = string.Join(' ', Enumerable.Range(1, 600).Select(i => $"Word{i} stands here."));
        var file = await caller.UploadAsync("words.txt", text);
        var store = (await caller.PostAsync("/v1/vector_stores", new { file_ids = new[] { file } }))
            .GetProperty("id").GetString()!;
        await caller.CompletedAsync(store);
        var before = await CountAsync(caller, store, file);

        await caller.PostAsync($"/v1/vector_stores/{store}/files", new
        {
            file_id = file,
            chunking_strategy =
                new { type = "static", @static = new { max_chunk_size_tokens = 100, chunk_overlap_tokens = 0 } },
        });
        await caller.CompletedAsync(store);

        Assert.True(await CountAsync(caller, store, file) > 2 * before);
    }

    [Fact]
    public async Task The_content_of_a_file_is_its_text_once()
    {
        var caller = fixture.NewCaller();
        var sentences = Enumerable.Range(1, 300).Select(i => $"Sentence number {i} is here.").ToList();
        var file = await caller.UploadAsync("sentences.txt", string.Join(' ', sentences));
        var store = (await caller.PostAsync("/v1/vector_stores", new { file_ids = new[] { file } }))
            .GetProperty("id").GetString()!;
        await caller.CompletedAsync(store);

        var content = await caller.GetAsync($"/v1/vector_stores/{store}/files/{file}/content");

        var text = string.Concat(
            content.GetProperty("data").EnumerateArray().Select(part => part.GetProperty("text").GetString()));
        Assert.All(sentences, sentence => Assert.Equal(1, Occurrences(text, sentence)));
    }

    [Fact]
    public async Task A_batch_counts_its_own_files_and_lists_them()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(("first.txt", "The first file."));
        var second = await caller.UploadAsync("second.txt", "The second file.");
        var third = await caller.UploadAsync("third.txt", "The third file.");

        var created = await caller.PostAsync(
            $"/v1/vector_stores/{store}/file_batches", new { file_ids = new[] { second, third } });
        var batch = created.GetProperty("id").GetString();
        var done = await Fixtures.Eventually.ReadAsync(
            () => caller.GetAsync($"/v1/vector_stores/{store}/file_batches/{batch}"),
            read => read.GetProperty("status").GetString() == "completed");

        Assert.Equal(2, done.GetProperty("file_counts").GetProperty("completed").GetInt32());
        var listed = (await caller.GetAsync($"/v1/vector_stores/{store}/file_batches/{batch}/files"))
            .GetProperty("data");
        Assert.Equal([third, second], listed.EnumerateArray().Select(file => file.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task The_files_of_a_store_are_listed_in_the_order_in_which_they_were_attached()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync();
        var made = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            made.Add(await caller.UploadAsync($"{i}.txt", $"The file number {i}."));
        }

        made.Reverse();
        foreach (var file in made)
        {
            await caller.PostAsync($"/v1/vector_stores/{store}/files", new { file_id = file });
        }

        var first = await caller.GetAsync($"/v1/vector_stores/{store}/files?order=asc&limit=2");
        var second = await caller.GetAsync($"/v1/vector_stores/{store}/files?order=asc&limit=2&after={made[1]}");
        var newest = await caller.GetAsync($"/v1/vector_stores/{store}/files");

        Assert.Equal(made[..2], Ids(first));
        Assert.Equal(made[2..], Ids(second));
        Assert.Equal(made, Ids(newest).Reverse());
    }

    [Theory]
    [InlineData("asc")]
    [InlineData("desc")]
    public async Task Before_gives_the_page_that_ends_there_in_the_same_order(string order)
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync();
        for (var i = 0; i < 5; i++)
        {
            var file = await caller.UploadAsync($"{i}.txt", $"The file number {i}.");
            await caller.PostAsync($"/v1/vector_stores/{store}/files", new { file_id = file });
        }

        var path = $"/v1/vector_stores/{store}/files?order={order}&limit=2";
        var first = await caller.GetAsync(path);
        var second = await caller.GetAsync($"{path}&after={first.GetProperty("last_id")}");
        var third = await caller.GetAsync($"{path}&after={second.GetProperty("last_id")}");
        var back = await caller.GetAsync($"{path}&before={third.GetProperty("first_id")}");
        var start = await caller.GetAsync($"{path}&before={back.GetProperty("first_id")}");

        Assert.Equal(Ids(second), Ids(back));
        Assert.True(back.GetProperty("has_more").GetBoolean());
        Assert.Equal(Ids(first), Ids(start));
        Assert.False(start.GetProperty("has_more").GetBoolean());
    }

    [Fact]
    public async Task Attributes_that_a_change_leaves_out_stay_and_null_takes_them_away()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync();
        var file = await caller.UploadAsync("kept.txt", "It has a year.");
        var path = $"/v1/vector_stores/{store}/files/{file}";
        await caller.PostAsync(
            $"/v1/vector_stores/{store}/files", new { file_id = file, attributes = new { year = 2026 } });

        var left = await caller.PostAsync(path, new { });
        var taken = await caller.PostAsync(path, new { attributes = (object?)null });

        Assert.Equal("""{"year":2026}""", left.GetProperty("attributes").GetRawText());
        Assert.Equal("{}", taken.GetProperty("attributes").GetRawText());
    }

    [Fact]
    public async Task Lists_are_walked_page_by_page_without_gap_or_repeat()
    {
        var caller = fixture.NewCaller();
        var made = new List<string?>();
        for (var i = 0; i < 7; i++)
        {
            made.Add(
                (await caller.PostAsync("/v1/vector_stores", new { name = $"store {i}" }))
                    .GetProperty("id").GetString());
        }

        var (walked, after, more) = (new List<string?>(), "", true);
        while (more)
        {
            var page = await caller.GetAsync($"/v1/vector_stores?limit=3&order=asc{after}");
            walked.AddRange(
                page.GetProperty("data").EnumerateArray().Select(store => store.GetProperty("id").GetString()));
            after = $"&after={page.GetProperty("last_id").GetString()}";
            more = page.GetProperty("has_more").GetBoolean();
        }

        Assert.Equal(made, walked);
    }

    [Fact]
    public async Task A_store_is_changed_where_asked_and_deleted_with_what_is_in_it()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(("one.txt", "Only this."));

        var changed = await caller.PostAsync(
            $"/v1/vector_stores/{store}",
            new { name = "renamed", expires_after = new { anchor = "last_active_at", days = 3 } });
        await caller.DeleteAsync($"/v1/vector_stores/{store}");

        Assert.Equal("renamed", changed.GetProperty("name").GetString());
        Assert.Equal(
            3 * 86_400,
            changed.GetProperty("expires_at").GetInt64() - changed.GetProperty("last_active_at").GetInt64());
        Assert.Equal(
            404, (await caller.RefusedAsync($"/v1/vector_stores/{store}/search", new { query = "this" })).Status);
    }

    [Fact]
    public async Task Another_projects_store_is_not_found_by_any_door()
    {
        var (owner, other) = (fixture.NewCaller(), fixture.NewCaller());
        var store = await owner.CreateStoreAsync(("secret.txt", "The code is 4711."));
        var file = (await owner.GetAsync($"/v1/vector_stores/{store}/files"))
            .GetProperty("data")[0].GetProperty("id").GetString();

        Assert.Equal(
            404, (await other.RefusedAsync($"/v1/vector_stores/{store}/search", new { query = "code" })).Status);
        Assert.Equal(404, (await other.RefusedAsync($"/v1/vector_stores/{store}", new { name = "mine" })).Status);
        Assert.Equal(
            404, (await other.RefusedAsync($"/v1/vector_stores/{store}/files", new { file_id = file })).Status);
        Assert.Equal(
            (404, "file_ids"), Named(await other.RefusedAsync("/v1/vector_stores", new { file_ids = new[] { file } })));
        Assert.Empty((await other.GetAsync("/v1/vector_stores")).GetProperty("data").EnumerateArray());
    }

    [Theory]
    [InlineData("""{"name": 5}""", "name")]
    [InlineData("""{"nme": "typo"}""", "nme")]
    [InlineData("""{"name": "a\u0000b"}""", "name")]
    [InlineData("""{"metadata": {"a": {"b": ["c", "\ud800"]}}}""", "metadata.a.b[1]")]
    [InlineData("""{"file_ids": [null]}""", "file_ids")]
    [InlineData("""{"metadata": {"a": 1}}""", "metadata.a")]
    [InlineData("""{"metadata": []}""", "metadata")]
    [InlineData("""{"expires_after": {"anchor": "last_active_at", "days": 0}}""", "expires_after.days")]
    [InlineData("""{"expires_after": {"anchor": "created_at", "days": 1}}""", "expires_after.anchor")]
    [InlineData("""{"chunking_strategy": {"type": "semantic"}}""", "chunking_strategy.type")]
    [InlineData("""{"chunking_strategy": {"type": "static"}}""", "chunking_strategy.static")]
    [InlineData(
        """
        {"chunking_strategy": {
            "type": "static", "static": {"max_chunk_size_tokens": 99, "chunk_overlap_tokens": 0}}}
        """,
        "chunking_strategy.static.max_chunk_size_tokens")]
    [InlineData(
        """{"chunking_strategy": {"type": "static", "static": {"max_chunk_size_tokens": 200}}}""",
        "chunking_strategy.static.chunk_overlap_tokens")]
    [InlineData(
        """{"chunking_strategy": {"type": "static", "static": {"chunk_overlap_tokens": 0}}}""",
        "chunking_strategy.static.max_chunk_size_tokens")]
    [InlineData(
        """
        {"chunking_strategy": {
            "type": "static", "static": {"max_chunk_size_tokens": 200, "chunk_overlap_tokens": 101}}}
        """,
        "chunking_strategy.static.chunk_overlap_tokens")]
    [InlineData("""{"file_ids": ["file-00000000000000000000000000000000"]}""", "file_ids")]
    [InlineData("""{"file_ids": ["nonsense"]}""", "file_ids")]
    public async Task A_store_that_cannot_be_made_is_refused_by_the_name_of_the_field(string request, string parameter)
    {
        var caller = fixture.NewCaller();

        var refused = await caller.RefusedAsync("/v1/vector_stores", JsonDocument.Parse(request).RootElement);

        Assert.Equal(parameter, refused.Param);
        Assert.Equal(
            request.Contains("file", StringComparison.Ordinal) && !request.Contains("null") ? 404 : 400,
            refused.Status);
    }

    [Theory]
    [InlineData("""{"expires_after": "never"}""", "expires_after")]
    [InlineData("""{"expires_after": {"anchor": "last_active_at", "days": "3"}}""", "expires_after.days")]
    [InlineData("""{"expires_after": {"anchor": "last_active_at", "weeks": 3}}""", "expires_after.weeks")]
    [InlineData("""{"file_ids": []}""", "file_ids")]
    public async Task A_change_that_cannot_be_made_is_refused_by_the_name_of_the_field(string request, string parameter)
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync();

        var refused = await caller.RefusedAsync($"/v1/vector_stores/{store}", JsonDocument.Parse(request).RootElement);

        Assert.Equal((400, parameter), Named(refused));
    }

    [Fact]
    public async Task An_expiry_stays_until_it_is_set_to_null()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync();
        var expiry = new { anchor = "last_active_at", days = 3 };
        await caller.PostAsync($"/v1/vector_stores/{store}", new { expires_after = expiry });

        var renamed = await caller.PostAsync($"/v1/vector_stores/{store}", new { name = "renamed" });
        var kept = await caller.PostAsync($"/v1/vector_stores/{store}", new { expires_after = (object?)null });

        Assert.Equal(3, renamed.GetProperty("expires_after").GetProperty("days").GetInt32());
        Assert.Equal(JsonValueKind.Null, kept.GetProperty("expires_after").ValueKind);
    }

    [Theory]
    [InlineData("?page=-1", "page")]
    [InlineData("?page=100001", "page")]
    [InlineData("?page=one", "page")]
    public async Task A_page_of_a_files_content_that_cannot_be_is_refused_by_name(string query, string parameter)
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(("one.txt", "Only this."));
        var file = (await caller.GetAsync($"/v1/vector_stores/{store}/files")).GetProperty("data")[0].GetProperty("id");

        using var response = await caller.Retrieval.GetAsync(
            new Uri($"/v1/vector_stores/{store}/files/{file}/content{query}", UriKind.Relative),
            TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(parameter, body.GetProperty("error").GetProperty("param").GetString());
    }

    [Theory]
    [InlineData("""{"attributes": {"a": "\ud800"}}""", "attributes.a")]
    [InlineData("""{"attributes": {"a": "\u0000"}}""", "attributes.a")]
    [InlineData("""{"attributes": {"a": 1e999}}""", "attributes.a")]
    [InlineData("""{"attributes": {"a": []}}""", "attributes.a")]
    public async Task Attributes_that_cannot_be_kept_are_refused_by_name(string request, string parameter)
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(("one.txt", "Only this."));
        var file = (await caller.GetAsync($"/v1/vector_stores/{store}/files")).GetProperty("data")[0].GetProperty("id");

        var refused = await caller.RefusedAsync(
            $"/v1/vector_stores/{store}/files/{file}", JsonDocument.Parse(request).RootElement);

        Assert.Equal((400, parameter), Named(refused));
    }

    private static (int Status, string? Param) Named((int Status, string? Param, string Message) refused) =>
        (refused.Status, refused.Param);

    private static IEnumerable<string?> Ids(JsonElement page) =>
        page.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("id").GetString());

    private static async Task<int> CountAsync(StoreCaller caller, string store, string file) =>
        (await caller.GetAsync($"/v1/vector_stores/{store}/files/{file}/content")).GetProperty("data").GetArrayLength();

    private static int Occurrences(string text, string part) =>
        (text.Length - text.Replace(part, "").Length) / part.Length;
}
