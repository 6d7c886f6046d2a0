using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.Contracts.Search;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Serving.Caches;
using AiStack.Tests.Fixtures;
using AiStack.Tests.Serving.Registry;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Serving.Caches;

/// <summary>Answers that are given again: when they are, and above all when they are not.</summary>
public sealed class CacheTests(ServingFixture serving) : IClassFixture<ServingFixture>
{
    private const string Text = "Vacation is 27 days. Ask Rune first.";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_answer_is_given_again_unless_the_project_says_so()
    {
        var (_, client) = await ProjectAsync(maxAge: 0);

        await AskAsync(client);
        await AskAsync(client);

        Assert.Equal(2, serving.Upstream.Asked.Count);
    }

    [Fact]
    public async Task The_same_request_gets_the_same_answer_free_marked_and_on_the_record()
    {
        var (project, client) = await ProjectAsync();
        var made = await AskAsync(client);

        var given = await AskAsync(client);

        Assert.Single(serving.Upstream.Asked);
        Assert.Equal(made.Text(), given.Text());
        Assert.NotEqual(made.GetProperty("id").GetString(), given.GetProperty("id").GetString());
        Assert.Equal("hit", given.GetProperty("metadata").GetProperty("aistack.cache").GetString());
        Assert.Equal("0", given.GetProperty("metadata").GetProperty("aistack.cost").GetString());
        Assert.False(made.GetProperty("metadata").TryGetProperty("aistack.cache", out _));
        Assert.Equal(0, given.GetProperty("usage").GetProperty("total_tokens").GetInt32());
        Assert.Equal(
            [("completed", true, false), ("completed", false, true)],
            await RecordsAsync(project));
        var cache = await client.ReadAsync("/api/cache");
        Assert.Equal(
            (1, 1, 2),
            (cache.GetProperty("answers").GetInt32(), cache.GetProperty("hits").GetInt32(),
                cache.GetProperty("requests").GetInt32()));
    }

    [Fact]
    public async Task A_stream_gives_what_was_made_whole_and_the_other_way_round_with_each_citation_in_its_place()
    {
        var (project, client) = await ProjectAsync();
        var store = await StoreAsync(project);
        var whole = await AskAsync(client, store: store);

        using var streamed = await client.PostAsJsonAsync(
            "/v1/responses", Question(store) with { Stream = true }, JsonDefaults.Options, Cancellation);
        var last = (await streamed.Content.ReadAsStringAsync(Cancellation)).Split("data: ")[^1].Split('\n')[0];

        Assert.Single(serving.Upstream.Asked);
        var again = JsonElement.Parse(last).GetProperty("response");
        Assert.Equal(Content(whole), Content(again));
        Assert.Contains("Vacation is 27 days.", Content(again), StringComparison.Ordinal);
        Assert.Equal("file_search_call", again.GetProperty("output")[0].GetProperty("type").GetString());
    }

    [Fact]
    public async Task What_may_change_the_answer_makes_it_another_request()
    {
        var (_, client) = await ProjectAsync();
        var (_, other) = await ProjectAsync();
        object[] requests =
        [
            Question(), Question() with { Input = "Hello again?" }, Question() with { Instructions = "Be brief." },
            Question() with { Temperature = .5 }, Question() with { Reasoning = new { effort = "low" } },
            Question() with { Text = new { format = new { type = "json_object" } }, Input = "JSON?" },
        ];
        serving.Upstream.Asked.Clear();

        foreach (var request in requests)
        {
            await client.OkAsync("/v1/responses", request);
        }

        await other.OkAsync("/v1/responses", Question());

        Assert.Equal(requests.Length + 1, serving.Upstream.Asked.Count);
    }

    [Fact]
    public async Task What_does_not_change_the_answer_does_not()
    {
        var (_, client) = await ProjectAsync();
        await AskAsync(client);

        await client.OkAsync("/v1/responses", Question() with { Store = false, User = "someone" });
        await client.OkAsync("/v1/chat/completions", new
        {
            model = "openai", messages = new[] { new { role = "user", content = "Hello?" } }, max_tokens = 500,
        });

        Assert.Single(serving.Upstream.Asked);
    }

    [Theory]
    [InlineData("no-store")]
    [InlineData("no-cache")]
    [InlineData("max-age=0")]
    public async Task A_request_can_have_its_answer_made_anew(string wish)
    {
        var (_, client) = await ProjectAsync();
        await AskAsync(client);

        await AskAsync(client, wish: wish);

        Assert.Equal(2, serving.Upstream.Asked.Count);
    }

    [Fact]
    public async Task What_is_not_to_be_stored_is_not_kept()
    {
        var (_, client) = await ProjectAsync();
        await AskAsync(client, wish: "no-store");

        await AskAsync(client);

        Assert.Equal(2, serving.Upstream.Asked.Count);
    }

    [Theory]
    [InlineData("update retrieval.vector_store set version = version + 1 where id = @store")]
    [InlineData(
        """
        update retrieval.vector_store set expires_after_days = 1, last_active_at = now() - interval '2 days'
        where id = @store
        """)]
    [InlineData("delete from retrieval.vector_store where id = @store")]
    [InlineData("update ingest.file set deleted_at = now() where project_id = @project")]
    public async Task Nothing_is_given_again_of_what_was_changed_or_deleted(string change)
    {
        var (project, client) = await ProjectAsync();
        var store = await StoreAsync(project);
        await AskAsync(client, store: store);
        await AskAsync(client, store: store);
        Assert.Single(serving.Upstream.Asked);

        await ExecuteAsync(change, project, store);
        await AskAsync(client, store: store);

        Assert.Equal(2, serving.Upstream.Asked.Count);
    }

    [Fact]
    public async Task What_may_not_be_given_again_is_deleted()
    {
        var (project, client) = await ProjectAsync();
        var store = await StoreAsync(project);
        await AskAsync(client, store: store);
        await AskAsync(client);
        Assert.Equal(2, await KeptAsync(client));

        await ExecuteAsync("update ingest.file set deleted_at = now() where project_id = @project", project, store);
        await using var database = NpgsqlDataSource.Create(serving.RoleConnectionString);
        await ForgetAnswers.ForgetAsync(database, Cancellation);

        Assert.Equal(1, await KeptAsync(client));
        await client.DeleteAsync(new Uri("/api/cache", UriKind.Relative), Cancellation);
        Assert.Equal(0, await KeptAsync(client));
        await AskAsync(client);
        Assert.Equal(3, serving.Upstream.Asked.Count);
    }

    [Fact]
    public async Task A_citation_of_what_stands_beside_a_passage_is_given_again()
    {
        var (project, client) = await ProjectAsync();
        var store = await StoreAsync(project);
        var found = Found.Passage("Ask Rune first.", .9) with { VectorStoreId = store };
        var beside = new SectionPart(Id<Chunk>.New(), found.Ordinal + 1, Text, found.End, found.End + 36, null, null);
        serving.Retrieval.Always(Found.Search(.9, found with { Section = [beside] }));
        await AddFileAsync(project, found.FileId);
        var made = await AskAsync(client, store: store);

        var given = await AskAsync(client, store: store);

        Assert.Single(serving.Upstream.Asked);
        Assert.Contains("Vacation is 27 days.", Content(made), StringComparison.Ordinal);
        Assert.Equal(Content(made), Content(given));
    }

    [Fact]
    public async Task Another_policy_of_the_guards_has_the_answer_made_anew()
    {
        var (_, client) = await ProjectAsync();
        serving.Upstream.Script = (context, _) => Upstream.SayAsync(context, "Ask ann@example.com.");
        var open = await AskAsync(client);
        using var set = await client.PutAsJsonAsync(
            "/api/guards", new { pii = new { output = "mask" } }, Cancellation);
        set.EnsureSuccessStatusCode();

        var masked = await AskAsync(client);
        var again = await AskAsync(client);

        Assert.Equal(
            ["Ask ann@example.com.", "Ask [EMAIL].", "Ask [EMAIL]."], [open.Text(), masked.Text(), again.Text()]);
        Assert.Equal(3, serving.Upstream.Asked.Count); // What a guard acted on is not kept.
    }

    [Fact]
    public async Task A_conversation_with_a_call_of_a_function_is_answered_and_not_kept()
    {
        var (_, client) = await ProjectAsync();

        var said = await client.OkAsync("/v1/responses", new
        {
            model = "openai",
            input = new object[]
            {
                new { role = "user", content = "How warm is it?" },
                new { type = "function_call", call_id = "c1", name = "weather", arguments = "{}" },
                new { type = "function_call_output", call_id = "c1", output = "20 degrees" },
            },
        });

        Assert.Equal("Hello.", said.Text());
        Assert.Equal(0, await KeptAsync(client));
    }

    [Fact]
    public async Task What_is_answered_from_an_attached_file_is_not_kept()
    {
        var (_, client) = await ProjectAsync();
        object[] content = [new { type = "input_file", file_id = Id<StoredFile>.New().ToString() }];

        await client.SendAsync(
            "/v1/responses", new { model = "openai", input = new[] { new { role = "user", content } } });

        Assert.Equal(0, await KeptAsync(client));
    }

    [Fact]
    public async Task A_word_that_Postgres_has_not_is_taken_out_before_it_is_kept()
    {
        var (_, client) = await ProjectAsync();
        serving.Upstream.Script = (context, _) => Upstream.SayAsync(context, "Hel\0", "lo.");

        var made = await AskAsync(client);
        var given = await AskAsync(client);

        Assert.Equal(["Hello.", "Hello."], [made.Text(), given.Text()]);
        Assert.Single(serving.Upstream.Asked);
    }

    [Fact]
    public async Task A_project_keeps_so_many_of_its_newest()
    {
        var (_, client) = await ProjectAsync();
        foreach (var input in new[] { "One?", "Two?", "Three?" })
        {
            await client.OkAsync("/v1/responses", Question() with { Input = input });
        }

        await using var database = NpgsqlDataSource.Create(serving.RoleConnectionString);
        await ForgetAnswers.ForgetAsync(database, Cancellation, most: 2);

        Assert.Equal(2, await KeptAsync(client));
        await client.OkAsync("/v1/responses", Question() with { Input = "Three?" });
        Assert.Equal(3, serving.Upstream.Asked.Count);
    }

    [Fact]
    public async Task Several_answers_to_one_question_are_each_made()
    {
        var (_, client) = await ProjectAsync();

        await client.OkAsync("/v1/chat/completions", new
        {
            model = "openai", n = 2, messages = new[] { new { role = "user", content = "Hello?" } },
        });

        Assert.Equal(2, serving.Upstream.Asked.Count);
        Assert.Equal(0, await KeptAsync(client));
    }

    [Fact]
    public async Task What_was_cut_off_failed_or_calls_a_function_is_not_kept()
    {
        var (_, client) = await ProjectAsync();
        foreach (var script in (Func<Microsoft.AspNetCore.Http.HttpContext, Task>[])[
            context =>
            {
                context.Response.StatusCode = 500;
                return Task.CompletedTask;
            },
            async context =>
            {
                Upstream.Begin(context);
                await Upstream.SendAsync(context, Upstream.Chunk(new { content = "Hel" }));
                await Upstream.SendAsync(context, Upstream.Chunk(new { }, "length"));
            },
            context => Upstream.CallAsync(context, ("call_1", "weather", ["{}"]))])
        {
            serving.Upstream.Script = (context, _) => script(context);
            await client.SendAsync("/v1/responses", Question() with
            {
                Tools = [new { type = "function", name = "weather", parameters = new { type = "object" } }],
            });
            await client.SendAsync("/v1/responses", Question());
        }

        Assert.Equal(0, await KeptAsync(client));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(604_801)]
    [InlineData(null)]
    public async Task A_time_that_is_none_is_refused_by_its_name(int? seconds)
    {
        using var client = serving.Service.CreateClient(PostgresFixture.NewProject());

        using var refused = await client.PutAsJsonAsync("/api/cache", new { max_age_seconds = seconds }, Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("604800", await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    private async Task<(Id<Project> Project, HttpClient Client)> ProjectAsync(int maxAge = 600)
    {
        var project = PostgresFixture.NewProject();
        var client = serving.Service.CreateClient(project);
        using var set = await client.PutAsJsonAsync("/api/cache", new { max_age_seconds = maxAge }, Cancellation);
        Assert.True(set.IsSuccessStatusCode, await set.Content.ReadAsStringAsync(Cancellation));
        serving.Upstream.Script = (context, body) => Upstream.SayAsync(
            context,
            body.Contains("passage number", StringComparison.Ordinal) ? "Vacation is 27 days [1]." : "Hel",
            "lo.");
        serving.Upstream.Asked.Clear();
        return (project, client);
    }

    /// <summary>A store with a file, of which a search finds a passage.</summary>
    private async Task<Id<VectorStore>> StoreAsync(Id<Project> project)
    {
        var store = Id<VectorStore>.New();
        var passage = Found.Passage(Text, .9, .1) with { VectorStoreId = store };
        serving.Retrieval.Always(Found.Search(.9, passage));
        await AddFileAsync(project, passage.FileId);
        await ExecuteAsync(
            """
            insert into retrieval.vector_store (id, project_id, name, created_at, last_active_at)
            values (@store, @project, 'A store', now(), now())
            """,
            project,
            store);
        return store;
    }

    private async Task AddFileAsync(Id<Project> project, Id<StoredFile> file)
    {
        await using var database = NpgsqlDataSource.Create(serving.OwnerConnectionString);
        await using var command = database.CreateCommand(
            """
            insert into ingest.file (id, project_id, filename, purpose, media_type, sha256, size_bytes, created_at)
            values (@file, @project, 'leave.md', 'assistants', 'text/markdown', sha256('x'), 1, now())
            """);
        command.Parameters.AddWithValue("file", file.Value);
        command.Parameters.AddWithValue("project", project.Value);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private async Task ExecuteAsync(string change, Id<Project> project, Id<VectorStore> store)
    {
        await using var database = NpgsqlDataSource.Create(serving.OwnerConnectionString);
        await using var command = database.CreateCommand(change);
        command.Parameters.AddWithValue("project", project.Value);
        command.Parameters.AddWithValue("store", store.Value);
        Assert.Equal(1, await command.ExecuteNonQueryAsync(Cancellation));
    }

    private static Asked Question(Id<VectorStore>? store = null) => new()
    {
        // Who is greeted searches nothing.
        Input = store is null ? "Hello?" : "How many days is vacation?",
        Tools = store is null
            ? []
            : [new { type = "file_search", vector_store_ids = new[] { store.ToString() } }],
    };

    private static async Task<JsonElement> AskAsync(
        HttpClient client, Id<VectorStore>? store = null, string? wish = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/responses")
        {
            Content = JsonContent.Create(Question(store), options: JsonDefaults.Options),
        };
        if (wish is not null)
        {
            request.Headers.Add("Cache-Control", wish);
        }

        using var response = await client.SendAsync(request, Cancellation);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
    }

    private static async Task<int> KeptAsync(HttpClient client) =>
        (await client.ReadAsync("/api/cache")).GetProperty("answers").GetInt32();

    /// <summary>How each answer ended, whether it cost something, and whether it was given again.</summary>
    private async Task<List<(string Status, bool HasCost, bool IsKept)>> RecordsAsync(Id<Project> project)
    {
        await using var database = NpgsqlDataSource.Create(serving.RoleConnectionString);
        await using var connection = await database.OpenForAsync(project, Cancellation);
        return await connection.ListAsync(
            $"select status, cost > 0, kept_since is not null from serving.completion order by id",
            row => (row.GetString(0), row.GetBoolean(1), row.GetBoolean(2)),
            Cancellation);
    }

    /// <summary>The words with their citations.</summary>
    private static string Content(JsonElement response) =>
        response.GetProperty("output").EnumerateArray().Last().GetProperty("content").GetRawText();

    private sealed record Asked
    {
        public string Model { get; init; } = "openai";

        public string Input { get; init; } = "Hello?";

        public string? Instructions { get; init; }

        public double? Temperature { get; init; }

        public object? Reasoning { get; init; }

        public object? Text { get; init; }

        public bool? Store { get; init; }

        public bool? Stream { get; init; }

        public string? User { get; init; }

        public object[] Tools { get; init; } = [];
    }
}
