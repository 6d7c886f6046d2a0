using System.Text.Json;
using Xunit;

namespace AiStack.Tests.Retrieval.Search;

/// <summary>Files that are for some only: who finds them, and that for others they are not there at all.</summary>
public sealed partial class PrincipalTests(RetrievalFixture fixture) : IClassFixture<RetrievalFixture>
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
}
