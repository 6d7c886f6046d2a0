using System.Net;
using System.Text.Json;
using AiStack.ServiceDefaults.Authentication;
using Xunit;

namespace AiStack.Tests.Retrieval.Search;

/// <summary>Files that are for some only: who finds them, and that for others they are not there at all.</summary>
public sealed class PrincipalTests(RetrievalFixture fixture) : IClassFixture<RetrievalFixture>
{
    private const string Ann = "user:ann@example.com";
    private const string Hr = "group:hr";

    private static readonly (string, string) _canteen =
        ("canteen.md", "# Canteen\n\nThe canteen serves a bonus soup to everybody at noon.");

    private static readonly (string, string) _bonus =
        ("bonus.md", "# Bonus\n\nThe bonus of the board is paid in krumhornium coins.");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_people_find_different_passages_and_nobody_in_particular_what_is_for_everybody()
    {
        var (admin, store) = await StoreAsync(_canteen, _bonus);
        await SetAsync(admin, store, "bonus.md", Ann, Hr);

        Assert.Equal(["bonus.md", "canteen.md"], await NamesAsync(fixture.CallerFor(admin.Project, [Ann]), store));
        Assert.Equal(["bonus.md", "canteen.md"], await NamesAsync(fixture.CallerFor(admin.Project, ["x", Hr]), store));
        Assert.Equal(["canteen.md"], await NamesAsync(fixture.CallerFor(admin.Project, ["user:bob"]), store));
        var loud = fixture.CallerFor(admin.Project, [Ann.ToUpperInvariant()]);
        Assert.Equal(["canteen.md"], await NamesAsync(loud, store));
        Assert.Equal(["canteen.md"], await NamesAsync(fixture.CallerFor(admin.Project, []), store));
        Assert.Equal(["canteen.md"], await NamesAsync(admin, store));
    }

    [Fact]
    public async Task An_empty_list_is_nobody_and_null_everybody()
    {
        var (admin, store) = await StoreAsync(_canteen, _bonus);
        await SetAsync(admin, store, "bonus.md");
        Assert.Equal(["canteen.md"], await NamesAsync(fixture.CallerFor(admin.Project, [Ann]), store));

        await admin.PostAsync(await PathAsync(admin, store, "bonus.md"), new { principals = (string[]?)null });

        Assert.Equal(["bonus.md", "canteen.md"], await NamesAsync(admin, store));
    }

    [Fact]
    public async Task A_change_counts_at_once_in_every_replica_and_has_nothing_embedded_again()
    {
        var (admin, store) = await StoreAsync(_canteen, _bonus);
        await using var replica = fixture.StartRetrieval();
        var bob = fixture.CallerFor(admin.Project, ["user:bob"], replica);
        Assert.Equal(2, (await NamesAsync(bob, store)).Count);

        await SetAsync(admin, store, "bonus.md", Ann);
        Assert.Equal(["canteen.md"], await NamesAsync(bob, store));
        await SetAsync(admin, store, "bonus.md", Ann, "user:bob");

        Assert.Equal(2, (await NamesAsync(bob, store)).Count);
        var now = await admin.GetAsync($"/v1/vector_stores/{store}");
        Assert.Equal("completed", now.GetProperty("status").GetString());
    }

    [Fact]
    public async Task What_is_hidden_takes_no_place_and_has_no_part_in_any_score()
    {
        const string Query = "Which bonus does the board get?";
        var better = Enumerable.Range(0, 60).Select(
            i => ($"hidden-{i}.md", $"# Bonus of the board {i}\n\nThe board gets the bonus that the board gets, {i}."));
        var (plain, alone) = await StoreAsync(_canteen, ("board.md", "The board meets at noon to talk of trailers."));
        var (admin, store) = await StoreAsync(
            [_canteen, ("board.md", "The board meets at noon to talk of trailers."), .. better]);
        foreach (var i in Enumerable.Range(0, 60))
        {
            await SetAsync(admin, store, $"hidden-{i}.md", Hr);
        }

        var expected = await plain.SearchAsync(alone, new { query = Query, max_num_results = 5 });
        var found = await fixture.CallerFor(admin.Project, [Ann])
            .SearchAsync(store, new { query = Query, max_num_results = 5 });

        Assert.Equal(2, found.Count);
        Assert.Equal(expected.Select(Told), found.Select(Told));
        static string Told(JsonElement result) =>
            $"{result.GetProperty("filename")} {result.GetProperty("score")} {result.GetProperty("scores")}";
    }

    [Fact]
    public async Task A_filter_finds_nothing_hidden()
    {
        var (admin, store) = await StoreAsync(_canteen, _bonus);
        await admin.PostAsync(
            await PathAsync(admin, store, "bonus.md"),
            new { attributes = new { team = "board" }, principals = new[] { Hr } });
        var request = new
        {
            query = "bonus",
            filters = new { type = "eq", key = "team", value = "board" },
        };

        Assert.Empty(await fixture.CallerFor(admin.Project, [Ann]).SearchAsync(store, request));
        Assert.Single(await fixture.CallerFor(admin.Project, [Hr]).SearchAsync(store, request));
    }

    [Fact]
    public async Task A_slip_is_not_mended_to_a_word_that_only_hidden_files_have()
    {
        var (admin, store) = await StoreAsync(_canteen, _bonus);
        await SetAsync(admin, store, "bonus.md", Hr);

        Assert.Equal("krumhorniun coins", await SearchedAsync(Ann));
        Assert.Equal("krumhornium coins", await SearchedAsync(Hr));

        async Task<string?> SearchedAsync(string principal) =>
            (await fixture.CallerFor(admin.Project, [principal])
                .PostAsync($"/v1/vector_stores/{store}/search", new { query = "krumhorniun coins" }))
            .GetProperty("search_query")[0].GetString();
    }

    [Fact]
    public async Task A_hidden_copy_is_not_named_and_a_hidden_edition_supersedes_nothing()
    {
        var (admin, store) = await StoreAsync(
            _canteen, ("copy.md", _canteen.Item2), ("rules-2024.md", "# Rules\n\nBicycles are parked in the yard."),
            ("rules-2025.md", "# Rules\n\nBicycles are parked in the new cellar."));
        await SetAsync(admin, store, "copy.md", Hr);
        await SetAsync(admin, store, "rules-2025.md", Hr);
        var (ann, hr) = (fixture.CallerFor(admin.Project, [Ann]), fixture.CallerFor(admin.Project, [Hr]));

        var soup = (await ann.SearchAsync(store, new { query = "bonus soup in the canteen" }))[0];
        Assert.Empty(soup.GetProperty("also_in").EnumerateArray());
        Assert.Single((await hr.SearchAsync(store, new { query = "bonus soup in the canteen" }))[0]
            .GetProperty("also_in").EnumerateArray());
        Assert.True(await ScoreAsync(ann) > await ScoreAsync(hr));

        async Task<double> ScoreAsync(StoreCaller caller) =>
            (await caller.SearchAsync(store, new { query = "Where are bicycles parked?" }))
            .Single(found => found.GetProperty("filename").GetString() == "rules-2024.md")
            .GetProperty("score").GetDouble();
    }

    [Fact]
    public async Task In_each_store_a_file_is_for_those_whom_it_is_for_there()
    {
        var (admin, store) = await StoreAsync(_canteen, _bonus);
        var file = await FileAsync(admin, store, "bonus.md");
        var other = (await admin.PostAsync("/v1/vector_stores", new { name = "other" })).GetProperty("id").GetString()!;
        await admin.PostAsync($"/v1/vector_stores/{other}/files", new { file_id = file, principals = new[] { Hr } });
        await admin.CompletedAsync(other);

        Assert.Contains("bonus.md", await NamesAsync(admin, store));
        Assert.Empty(await NamesAsync(admin, other));
        Assert.Equal(["bonus.md"], await NamesAsync(fixture.CallerFor(admin.Project, [Hr]), other));
    }

    [Fact]
    public async Task To_a_person_others_files_are_not_there_and_who_manages_sees_all()
    {
        var (admin, store) = await StoreAsync(_canteen, _bonus);
        await SetAsync(admin, store, "bonus.md", Hr);
        var file = await PathAsync(admin, store, "bonus.md");
        var ann = fixture.CallerFor(admin.Project, [Ann]);
        var searcher = fixture.CallerFor(admin.Project, null, null, Scopes.VectorStoresRead);

        foreach (var path in new[] { file, $"{file}/content", $"{file.Replace("/v1", "/api")}/chunks" })
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(ann, path));
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(searcher, path));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(fixture.CallerFor(admin.Project, [Hr]), path));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(admin, path));
        }

        var id = await FileAsync(admin, store, "bonus.md");
        foreach (var path in new[] { $"/v1/files/{id}", $"/v1/files/{id}/content", $"/api/files/{id}/text" })
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(ann.Ingest, path));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(fixture.CallerFor(admin.Project, [Hr]).Ingest, path));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(admin.Ingest, path));
        }

        var listed = await ann.Ingest.GetStringAsync(new Uri("/v1/files", UriKind.Relative), Cancellation);
        Assert.DoesNotContain("bonus.md", listed, StringComparison.Ordinal);
        Assert.Contains("canteen.md", listed, StringComparison.Ordinal);
        foreach (var (caller, count) in new[] { (ann, 1), (searcher, 1), (admin, 2) })
        {
            var files = await caller.GetAsync($"/v1/vector_stores/{store}/files");
            Assert.Equal(count, files.GetProperty("data").GetArrayLength());
            var counts = (await caller.GetAsync($"/v1/vector_stores/{store}")).GetProperty("file_counts");
            Assert.Equal(count, counts.GetProperty("completed").GetInt32());
        }

        Assert.Equal(404, (await ann.RefusedAsync(file, new { principals = new[] { Ann } })).Status);
        Assert.Equal(
            HttpStatusCode.NotFound, (await ann.Retrieval.DeleteAsync(
                new Uri(file, UriKind.Relative), Cancellation)).StatusCode);
    }

    [Fact]
    public async Task A_key_that_may_not_read_files_does_not_say_whom_they_are_for()
    {
        var (admin, store) = await StoreAsync(_bonus);
        var path = await PathAsync(admin, store, "bonus.md");
        var writer = fixture.CallerFor(admin.Project, null, null, Scopes.VectorStoresWrite, Scopes.VectorStoresRead);

        Assert.Equal(
            (403, "principals"),
            await writer.RefusedAsync(path, new { principals = (string[]?)null }) is var (status, param, _)
                ? (status, param)
                : default);
        Assert.NotEqual(default, await writer.PostAsync(path, new { attributes = new { team = "hr" } }));
    }

    [Fact]
    public async Task Putting_a_file_in_again_keeps_whom_it_is_for_unless_that_is_said()
    {
        var (admin, store) = await StoreAsync(_canteen);
        var file = await FileAsync(admin, store, "canteen.md");
        var files = $"/v1/vector_stores/{store}/files";
        await admin.PostAsync(files, new { file_id = file, principals = new[] { Hr, Ann, Hr } });
        Assert.Empty(await NamesAsync(admin, store));

        var again = await admin.PostAsync(files, new { file_id = file });
        Assert.Equal([Hr, Ann], again.GetProperty("principals").EnumerateArray().Select(each => each.GetString()));
        Assert.Equal("completed", again.GetProperty("status").GetString());

        await admin.PostAsync(
            $"/v1/vector_stores/{store}/file_batches",
            new { files = new[] { new { file_id = file, principals = (string[]?)null } } });
        Assert.Equal(["canteen.md"], await NamesAsync(admin, store));

        await admin.PostAsync(
            $"/v1/vector_stores/{store}/file_batches", new { file_ids = new[] { file }, principals = new[] { Ann } });
        Assert.Empty(await NamesAsync(admin, store));
    }

    [Theory]
    [InlineData("""{"principals":"group:hr"}""")]
    [InlineData("""{"principals":[""]}""")]
    [InlineData("""{"principals":[null]}""")]
    [InlineData("""{"principals":["a,b"]}""")]
    [InlineData("""{"principals":[" a"]}""")]
    [InlineData("""{"principals":["a\u0001"]}""")]
    [InlineData("""{"principals":["a\ud800"]}""")]
    [InlineData("""{"principals":[1]}""")]
    public async Task Principals_that_could_not_be_compared_are_refused(string body)
    {
        var (admin, store) = await StoreAsync(_canteen);
        var path = await PathAsync(admin, store, "canteen.md");

        Assert.Equal(400, (await admin.RefusedAsync(path, JsonElement.Parse(body))).Status);
        Assert.Equal(400, (await admin.RefusedAsync(path, new { principals = Names(201, "a") })).Status);
        Assert.Equal(400, (await admin.RefusedAsync(path, new { principals = Names(1, new('a', 256)) })).Status);
        await admin.PostAsync(path, new { principals = Names(200, new('a', 250)) });
    }

    private static string[] Names(int count, string name) =>
        [.. Enumerable.Range(0, count).Select(i => $"{name}{i}")];

    private async Task<(StoreCaller Admin, string Store)> StoreAsync(params (string Name, string Text)[] files)
    {
        var admin = fixture.NewCaller();
        return (admin, await admin.CreateStoreAsync(files));
    }

    private static async Task<List<string?>> NamesAsync(StoreCaller caller, string store) =>
    [
        .. (await caller.SearchAsync(store, new { query = "bonus" }))
            .Select(found => found.GetProperty("filename").GetString()).Order(StringComparer.Ordinal),
    ];

    private static async Task SetAsync(StoreCaller admin, string store, string name, params string[] principals)
    {
        var set = await admin.PostAsync(await PathAsync(admin, store, name), new { principals });
        Assert.Equal(
            principals.Order(StringComparer.Ordinal),
            set.GetProperty("principals").EnumerateArray().Select(each => each.GetString()));
    }

    private static async Task<string> PathAsync(StoreCaller admin, string store, string name) =>
        $"/v1/vector_stores/{store}/files/{await FileAsync(admin, store, name)}";

    private static async Task<string> FileAsync(StoreCaller admin, string store, string name)
    {
        var names = JsonDocument.Parse(
            await admin.Ingest.GetStringAsync(
                new Uri("/v1/files?limit=1000", UriKind.Relative), Cancellation)).RootElement;
        return names.GetProperty("data").EnumerateArray()
            .Single(file => file.GetProperty("filename").GetString() == name).GetProperty("id").GetString()!;
    }

    private static Task<HttpStatusCode> StatusAsync(StoreCaller caller, string path) =>
        StatusAsync(caller.Retrieval, path);

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
        return response.StatusCode;
    }
}
