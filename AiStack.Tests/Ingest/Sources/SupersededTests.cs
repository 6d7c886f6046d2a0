using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Ingest.Sources;

/// <summary>What a source replaces or removes leaves search at once, and stays to be read for a while.</summary>
public sealed class SupersededTests(SourceFixture fixture) : IClassFixture<SourceFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task An_old_version_is_out_of_search_and_of_the_list_and_can_be_read_by_its_id()
    {
        var (caller, old) = await ReplacedAsync();
        var now = (await caller.FileOfAsync("a.md"))!;

        var versions = (await caller.SendAsync("GET", $"/api/files/{now}/versions"))["data"]!.AsArray();
        var content = await caller.Ingest.GetStringAsync(new Uri($"/v1/files/{old}/content", UriKind.Relative), Token);

        Assert.Equal(["a.md"], await caller.FilesAsync());
        Assert.Equal("Leave is thirty days.", content);
        Assert.Equal([now, old], versions.Select(version => (string)version!["id"]!));
        Assert.Equal([null, now], versions.Select(version => (string?)version!["superseded_by"]));
        Assert.Null(versions[0]!["superseded_at"]);
        await fixture.Superseded.ClearAsync(Now.AddDays(29), Token);
        Assert.Equal(200, await StatusAsync(caller, old));
        await fixture.Superseded.ClearAsync(Now.AddDays(31), Token);
        Assert.Equal(404, await StatusAsync(caller, old));
        Assert.Equal(200, await StatusAsync(caller, now));
    }

    [Fact]
    public async Task What_a_snapshot_holds_is_not_cleared_before_the_snapshot_is_deleted()
    {
        var caller = await fixture.NewCallerAsync();
        caller.Place.Put("a.md", "Leave is thirty days.");
        await caller.CountsAsync();
        await caller.FoundAsync("thirty days", "a.md");
        var old = (await caller.FileOfAsync("a.md"))!;
        await RetainAsync(caller, 0);
        var snapshot = await SnapshotAsync(caller);
        caller.Place.Put("a.md", "Leave is twenty days.");
        await caller.CountsAsync();
        await caller.FoundAsync("twenty days", "a.md");
        await ReplacedAsync(caller);

        await fixture.Superseded.ClearAsync(Now.AddHours(2), Token);
        Assert.Equal("", await caller.SearchAsync("thirty days"));
        Assert.Contains("thirty days", await SearchAsync(caller, snapshot), StringComparison.Ordinal);
        Assert.Equal(200, await StatusAsync(caller, old));

        await caller.SendToRetrievalAsync("DELETE", $"/api/vector_stores/{caller.Store}/snapshots/{snapshot}");
        await fixture.Superseded.ClearAsync(Now.AddHours(4), Token);
        Assert.Equal(404, await StatusAsync(caller, old));
    }

    [Fact]
    public async Task What_is_gone_at_the_source_is_found_no_more_from_that_moment_but_in_snapshots()
    {
        var caller = await fixture.NewCallerAsync();
        caller.Place.Put("a.md", "Leave is thirty days.");
        await caller.CountsAsync();
        await caller.FoundAsync("thirty days", "a.md");
        var old = (await caller.FileOfAsync("a.md"))!;
        var snapshot = await SnapshotAsync(caller);
        caller.Place.Take("a.md");

        await caller.CountsAsync();

        Assert.Equal("", await caller.SearchAsync("thirty days"));
        Assert.Empty(await caller.FilesAsync());
        Assert.Contains("thirty days", await SearchAsync(caller, snapshot), StringComparison.Ordinal);
        Assert.Equal(200, await StatusAsync(caller, old));
    }

    [Fact]
    public async Task An_old_version_that_was_for_some_is_not_read_by_others_once_it_is_in_no_store()
    {
        var caller = await fixture.NewCallerAsync();
        caller.Place.Put("a.md", "Pay is nine.", with: item => item with { Principals = ["user:ann"] });
        await caller.CountsAsync();
        await caller.SettledAsync();
        var old = (await caller.FileOfAsync("a.md"))!;
        caller.Place.Put("a.md", "Pay is for all to see.");
        await caller.CountsAsync();
        await caller.FoundAsync("for all to see", "a.md");
        await ReplacedAsync(caller);
        var now = await caller.FileOfAsync("a.md");
        using var bob = fixture.IngestFor(caller.Project, "user:bob");

        var versions = await bob.GetStringAsync(new Uri($"/api/files/{now}/versions", UriKind.Relative), Token);
        using var read = await bob.GetAsync(new Uri($"/v1/files/{old}/content", UriKind.Relative), Token);

        Assert.Contains(now!, versions, StringComparison.Ordinal);
        Assert.DoesNotContain(old, versions, StringComparison.Ordinal);
        Assert.Equal(404, (int)read.StatusCode);
        Assert.Equal(200, await StatusAsync(caller, old));
    }

    [Fact]
    public async Task A_rollback_brings_an_old_version_back_until_the_next_run_puts_the_new_one_in_its_place()
    {
        var caller = await fixture.NewCallerAsync();
        caller.Place.Put("a.md", "Leave is thirty days.");
        await caller.CountsAsync();
        await caller.FoundAsync("thirty days", "a.md");
        var snapshot = await SnapshotAsync(caller);
        caller.Place.Put("a.md", "Leave is twenty days.");
        await caller.CountsAsync();
        await caller.FoundAsync("twenty days", "a.md");
        await ReplacedAsync(caller);

        await caller.SendToRetrievalAsync(
            "POST", $"/api/vector_stores/{caller.Store}/rollback",
            new { snapshot_id = snapshot, reason = "It was better." });
        Assert.Equal("a.md", await caller.SearchAsync("thirty days"));
        Assert.Equal("", await caller.SearchAsync("twenty days"));
        await fixture.Superseded.ClearAsync(Now.AddDays(31), Token);
        Assert.Equal("a.md", await caller.SearchAsync("thirty days"));
        Assert.Equal(2, (await caller.FilesAsync()).Count);

        await Eventually.ReadAsync(
            async () => await caller.RunAsync() is null ? "" : await caller.SearchAsync("twenty days"),
            found => found == "a.md");
        Assert.Equal("", await caller.SearchAsync("thirty days"));
    }

    [Fact]
    public async Task Old_versions_go_with_their_source_when_its_files_do()
    {
        var (caller, old) = await ReplacedAsync();
        caller.Place.Put("gone.md", "The canteen is open.");
        await caller.CountsAsync();
        await caller.FoundAsync("The canteen", "gone.md");
        var gone = (await caller.FileOfAsync("gone.md"))!;
        caller.Place.Take("gone.md");
        await caller.CountsAsync(allowRemovals: true);
        Assert.Equal((200, 200), (await StatusAsync(caller, old), await StatusAsync(caller, gone)));

        await caller.SendAsync("DELETE", $"/api/sources/{caller.Source}");

        await Eventually.TrueAsync(async () => await StatusAsync(caller, gone) == 404, Token);
        Assert.Equal(404, await StatusAsync(caller, old));
    }

    [Fact]
    public async Task Access_that_a_new_version_narrows_is_narrowed_for_old_versions_in_snapshots()
    {
        var caller = await fixture.NewCallerAsync();
        caller.Place.Put("a.md", "Pay is nine.");
        await caller.CountsAsync();
        await caller.FoundAsync("Pay is nine", "a.md");
        var old = (await caller.FileOfAsync("a.md"))!;
        await SnapshotAsync(caller);
        using var bob = fixture.IngestFor(caller.Project, "user:bob");
        var content = new Uri($"/v1/files/{old}/content", UriKind.Relative);
        using var before = await bob.GetAsync(content, Token);
        caller.Place.Put("a.md", "Pay is ten.", with: item => item with { Principals = ["user:ann"] });

        await caller.CountsAsync();
        await caller.SettledAsync();
        await ReplacedAsync(caller);

        using var after = await bob.GetAsync(content, Token);
        Assert.Equal((200, 404), ((int)before.StatusCode, (int)after.StatusCode));
        Assert.Equal(200, await StatusAsync(caller, old));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3_651)]
    public async Task Old_versions_stay_0_to_3650_days(int days)
    {
        var caller = await fixture.NewCallerAsync();

        var error = await Assert.ThrowsAnyAsync<Exception>(() => RetainAsync(caller, days));

        Assert.Contains("'superseded_days' must be from 0 to 3650", error.Message, StringComparison.Ordinal);
    }

    private async Task<(SourceCaller Caller, string Old)> ReplacedAsync()
    {
        var caller = await fixture.NewCallerAsync();
        caller.Place.Put("a.md", "Leave is thirty days.");
        await caller.CountsAsync();
        await caller.FoundAsync("thirty days", "a.md");
        var old = (await caller.FileOfAsync("a.md"))!;
        caller.Place.Put("a.md", "Leave is twenty days.");
        await caller.CountsAsync();
        await caller.FoundAsync("twenty days", "a.md");
        await ReplacedAsync(caller);
        return (caller, old);
    }

    /// <summary>What is replaced is marked by work that follows.</summary>
    private static Task ReplacedAsync(SourceCaller caller) =>
        Eventually.ReadAsync(caller.FilesAsync, files => files.Count == 1);

    private static Task<System.Text.Json.Nodes.JsonNode> RetainAsync(SourceCaller caller, int days) =>
        caller.SendToRetrievalAsync(
            "PUT", $"/api/vector_stores/{caller.Store}/retention", new { superseded_days = days });

    private static async Task<string> SnapshotAsync(SourceCaller caller) => (string)(await caller.SendToRetrievalAsync(
        "POST", $"/api/vector_stores/{caller.Store}/snapshots", new { name = "kept" }))["id"]!;

    private static async Task<string> SearchAsync(SourceCaller caller, string store) =>
        (await caller.SendToRetrievalAsync(
            "POST", $"/v1/vector_stores/{store}/search", new { query = "leave" })).ToJsonString();

    private static async Task<int> StatusAsync(SourceCaller caller, string file)
    {
        using var response = await caller.Ingest.GetAsync(new Uri($"/v1/files/{file}", UriKind.Relative), Token);
        return (int)response.StatusCode;
    }
}
