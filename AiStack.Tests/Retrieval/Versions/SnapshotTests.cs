using System.Collections.Concurrent;
using System.Text.Json;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Retrieval.Versions;

/// <summary>A snapshot is what a store held, whatever the store becomes.</summary>
public sealed class SnapshotTests(RetrievalFixture fixture) : IClassFixture<RetrievalFixture>
{
    private const string Pump = "The pump of the ferry is serviced in April by the crew.";
    private const string Bread = "Bread is baked at five in the morning.";

    [Fact]
    public async Task A_snapshot_finds_what_the_store_found_with_the_same_scores()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(("pump.txt", Pump), ("bread.txt", Bread));
        var before = await caller.FoundAsync(store, "pump of the ferry");
        var bread = (await caller.SearchAsync(store, new { query = "bread" }))[0].GetProperty("file_id").GetString()!;

        var snapshot = await caller.SnapshotAsync(store);
        await caller.AddAsync(store, "other.txt", "The pump of the lorry is serviced in June.");
        await caller.DeleteAsync($"/v1/vector_stores/{store}/files/{bread}");

        Assert.Equal(before, await caller.FoundAsync(snapshot, "pump of the ferry"));
        Assert.NotEqual(before, await caller.FoundAsync(store, "pump of the ferry"));
        Assert.Contains("baked", await caller.FoundAsync(snapshot, "bread"), StringComparison.Ordinal);
        Assert.DoesNotContain("baked", await caller.FoundAsync(store, "bread"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Snapshots_are_listed_with_their_store_and_are_no_stores_of_the_project()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(("pump.txt", Pump));
        var one = await caller.SnapshotAsync(store, "one");
        var two = await caller.SnapshotAsync(store, "two");

        var listed = await caller.ListAsync($"/api/vector_stores/{store}/snapshots");
        var first = await caller.GetAsync($"/api/vector_stores/{store}/snapshots?limit=1");
        var rest = await caller.ListAsync($"/api/vector_stores/{store}/snapshots?after={two}");
        var back = await caller.ListAsync($"/api/vector_stores/{store}/snapshots?order=asc");
        var stores = await caller.ListAsync("/v1/vector_stores");

        Assert.Equal([two, one], listed.Select(each => each.GetProperty("id").GetString()));
        Assert.Equal([one], rest.Select(each => each.GetProperty("id").GetString()));
        Assert.Equal([one, two], back.Select(each => each.GetProperty("id").GetString()));
        Assert.True(first.GetProperty("has_more").GetBoolean());
        Assert.Equal("made", listed[0].GetProperty("kind").GetString());
        Assert.Equal(1, listed[0].GetProperty("files").GetInt32());
        Assert.Equal(store, Assert.Single(stores).GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_snapshot_does_not_change_and_says_how_it_is_removed()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(("pump.txt", Pump));
        var snapshot = await caller.SnapshotAsync(store);
        var file = (await caller.ListAsync($"/v1/vector_stores/{snapshot}/files"))[0].GetProperty("id").GetString()!;
        var before = await caller.FoundAsync(snapshot, "pump");

        (HttpMethod Method, string Path, object? Body)[] changes =
        [
            (HttpMethod.Post, $"/v1/vector_stores/{snapshot}", new { name = "other" }),
            (HttpMethod.Delete, $"/v1/vector_stores/{snapshot}", null),
            (HttpMethod.Post, $"/v1/vector_stores/{snapshot}/files", new { file_id = file }),
            (HttpMethod.Post, $"/v1/vector_stores/{snapshot}/files/{file}", new { attributes = new { a = "b" } }),
            (HttpMethod.Delete, $"/v1/vector_stores/{snapshot}/files/{file}", null),
            (HttpMethod.Post, $"/v1/vector_stores/{snapshot}/file_batches", new { file_ids = new[] { file } }),
            (HttpMethod.Post, $"/api/vector_stores/{snapshot}/read_again", new { files = "outdated" }),
            (HttpMethod.Put, $"/api/vector_stores/{snapshot}/privacy", new { @default = "mask" }),
            (HttpMethod.Put, $"/api/vector_stores/{snapshot}/synonyms", new { everyday = false }),
            (HttpMethod.Put, $"/api/vector_stores/{snapshot}/quality", new { near_duplicates = "link" }),
            (HttpMethod.Post, $"/api/vector_stores/{snapshot}/snapshots", new { name = "of a snapshot" }),
            (HttpMethod.Post, $"/api/vector_stores/{snapshot}/rollback",
                new { snapshot_id = snapshot, reason = "why not" }),
        ];
        foreach (var (method, path, body) in changes)
        {
            var (status, text) = await caller.TryAsync(method, path, body);
            Assert.True(status == 400, $"{method} {path}: {status} {text}");
            Assert.Contains($"DELETE /api/vector_stores/{store}/snapshots/{snapshot}", text, StringComparison.Ordinal);
        }

        Assert.Equal(before, await caller.FoundAsync(snapshot, "pump"));
        await caller.DeleteAsync($"/api/vector_stores/{store}/snapshots/{snapshot}");
        Assert.Equal(404, (await caller.RefusedAsync(
            $"/v1/vector_stores/{snapshot}/search", new { query = "pump" })).Status);
        Assert.NotEmpty(await caller.SearchAsync(store, new { query = "pump" }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    public async Task A_name_has_1_to_256_characters(int length)
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync();

        var (status, body) = await caller.TryAsync(
            HttpMethod.Post, $"/api/vector_stores/{store}/snapshots", new { name = new string('a', length) });

        Assert.Equal(400, status);
        Assert.Contains("'name' must have 1 to 256 characters", body, StringComparison.Ordinal);
        Assert.Empty(await caller.ListAsync($"/api/vector_stores/{store}/snapshots"));
    }

    [Fact]
    public async Task A_store_has_up_to_100_snapshots_however_many_are_made_at_once()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync();

        var made = new ConcurrentBag<(int Status, string Body)>();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 104), new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (number, _) =>
            {
                (int Status, string Body) tried;
                do
                {
                    tried = await caller.TryAsync(
                        HttpMethod.Post, $"/api/vector_stores/{store}/snapshots", new { name = $"no. {number}" });
                }
                while (tried.Body.Contains("Another snapshot or rollback of", StringComparison.Ordinal));
                made.Add(tried);
            });

        Assert.Equal(100, made.Count(each => each.Status == 200));
        Assert.Equal(4, made.Count(each => each.Status == 409));
        Assert.Equal(100, (await caller.ListAsync($"/api/vector_stores/{store}/snapshots?limit=100")).Count);
    }

    [Fact]
    public async Task Snapshots_go_with_their_store()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(("pump.txt", Pump));
        var snapshot = await caller.SnapshotAsync(store);

        await caller.DeleteAsync($"/v1/vector_stores/{store}");

        Assert.Equal(404, (await caller.RefusedAsync(
            $"/v1/vector_stores/{snapshot}/search", new { query = "pump" })).Status);
        Assert.Equal(404, (await caller.TryAsync(HttpMethod.Get, $"/api/vector_stores/{store}/snapshots")).Status);
    }

    [Fact]
    public async Task A_deleted_file_is_gone_from_snapshots_which_say_so()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(("pump.txt", Pump), ("bread.txt", Bread));
        var snapshot = await caller.SnapshotAsync(store);
        var file = (await caller.SearchAsync(store, new { query = "bread" }))[0].GetProperty("file_id").GetString()!;

        await caller.DeleteFileAsync(file);

        Assert.DoesNotContain("baked", await caller.FoundAsync(snapshot, "bread"), StringComparison.Ordinal);
        var listed = await Eventually.ReadAsync(
            async () => (await caller.ListAsync($"/api/vector_stores/{store}/snapshots"))[0],
            each => each.GetProperty("files_deleted").GetInt32() == 1);
        Assert.Equal(1, listed.GetProperty("files").GetInt32());
        var rolledBack = await caller.RollBackAsync(store, snapshot);
        Assert.Equal(1, rolledBack.GetProperty("files_deleted").GetInt32());
        Assert.Equal(1, rolledBack.GetProperty("files").GetInt32());
    }

    [Fact]
    public async Task Whom_a_file_is_for_counts_in_snapshots_as_in_the_store()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(("pump.txt", Pump));
        var snapshot = await caller.SnapshotAsync(store);
        var file = (await caller.ListAsync($"/v1/vector_stores/{store}/files"))[0].GetProperty("id").GetString()!;
        Assert.NotEmpty(await caller.FoundAsync(snapshot, "pump"));
        var crew = fixture.CallerFor(caller.Project, ["crew"]);

        await caller.PostAsync($"/v1/vector_stores/{store}/files/{file}", new { principals = new[] { "crew" } });

        Assert.Empty(await caller.FoundAsync(snapshot, "pump"));
        Assert.NotEmpty(await crew.FoundAsync(snapshot, "pump"));
        var others = fixture.CallerFor(caller.Project, ["others"]);
        Assert.Empty(await others.ListAsync($"/api/vector_stores/{store}/contents"));
        var listed = Assert.Single(await others.ListAsync($"/api/vector_stores/{store}/snapshots"));
        Assert.Equal(0, listed.GetProperty("files").GetInt32());
        Assert.Equal(0, listed.GetProperty("usage_bytes").GetInt64());
        Assert.Equal(JsonValueKind.Null, listed.GetProperty("files_deleted").ValueKind);
    }

    [Fact]
    public async Task A_file_that_comes_back_for_some_is_for_them_in_snapshots_too()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(("pump.txt", Pump));
        var file = (await caller.ListAsync($"/v1/vector_stores/{store}/files"))[0].GetProperty("id").GetString()!;
        var snapshot = await caller.SnapshotAsync(store);
        var others = fixture.CallerFor(caller.Project, ["others"]);
        await caller.DeleteAsync($"/v1/vector_stores/{store}/files/{file}");
        Assert.NotEmpty(await others.FoundAsync(snapshot, "pump"));

        await caller.PostAsync(
            $"/v1/vector_stores/{store}/files", new { file_id = file, principals = new[] { "crew" } });

        Assert.Empty(await others.FoundAsync(snapshot, "pump"));
        await caller.CompletedAsync(store);
        await caller.RollBackAsync(store, snapshot);
        Assert.Empty(await others.FoundAsync(store, "pump"));
    }

    [Fact]
    public async Task What_a_policy_blocked_in_a_snapshot_is_back_when_the_policy_allows_it()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(("mail.txt", "Write to ada.byron@example.com about the pump."));
        var snapshot = await caller.SnapshotAsync(store);
        var privacy = $"/api/vector_stores/{store}/privacy";

        await caller.TryAsync(HttpMethod.Put, privacy, new { @default = "block" });
        await Eventually.ReadAsync(() => caller.FoundAsync(snapshot, "pump"), found => found.Length == 0);
        await caller.TryAsync(HttpMethod.Put, privacy, new { @default = "report" });

        await Eventually.ReadAsync(
            () => caller.FoundAsync(snapshot, "pump"),
            found => found.Contains("ada.byron", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_store_masks_is_masked_in_its_snapshots()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(("mail.txt", "Write to ada.byron@example.com about the pump."));
        var snapshot = await caller.SnapshotAsync(store);
        Assert.Contains("ada.byron", await caller.FoundAsync(snapshot, "pump"), StringComparison.Ordinal);
        Assert.True(await ByWordAsync(snapshot) > 0);

        await caller.TryAsync(HttpMethod.Put, $"/api/vector_stores/{store}/privacy", new { @default = "mask" });

        Assert.DoesNotContain("ada.byron", await caller.FoundAsync(snapshot, "pump"), StringComparison.Ordinal);
        await caller.RollBackAsync(store, snapshot);
        Assert.DoesNotContain("ada.byron", await caller.FoundAsync(store, "pump"), StringComparison.Ordinal);
        // Nor is it found by the word that is masked, once what is queued is done.
        Assert.Equal(0, await Eventually.ReadAsync(() => ByWordAsync(store), found => found == 0));
        Assert.Equal(0, await Eventually.ReadAsync(() => ByWordAsync(snapshot), found => found == 0));

        async Task<double> ByWordAsync(string of) =>
            (await caller.SearchAsync(of, new { query = "ada.byron@example.com" }))
                .Select(each => each.GetProperty("scores").GetProperty("bm25").GetDouble())
                .DefaultIfEmpty().Max();
    }

    [Fact]
    public async Task A_diff_names_what_was_added_removed_and_changed()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(("pump.txt", Pump), ("bread.txt", Bread), ("same.txt", "The same."));
        var files = (await caller.ListAsync($"/v1/vector_stores/{store}/files?order=asc"))
            .Select(file => file.GetProperty("id").GetString()!).Order(StringComparer.Ordinal).ToList();
        var one = await caller.SnapshotAsync(store, "one");
        var added = await caller.AddAsync(store, "new.txt", "A new one.");
        await caller.DeleteAsync($"/v1/vector_stores/{store}/files/{files[0]}");
        await caller.PostAsync($"/v1/vector_stores/{store}/files/{files[1]}", new { attributes = new { team = "a" } });
        var two = await caller.SnapshotAsync(store, "two");

        var path = $"/api/vector_stores/{store}/snapshots/diff";
        var diff = await caller.GetAsync($"{path}?from={one}&to={two}");
        var now = await caller.GetAsync($"{path}?from={one}");
        var back = await caller.GetAsync($"{path}?from=now&to={one}");
        var none = await caller.GetAsync($"{path}?from={two}&to=now");
        var page = await caller.GetAsync($"{path}?from={one}&limit=1&order=asc");

        Assert.Equal(
            """{"added":1,"removed":1,"changed":1,"same":1}""", diff.GetProperty("counts").GetRawText());
        Assert.Equal(
            [(added, "added"), (files[1], "changed"), (files[0], "removed")],
            diff.GetProperty("data").EnumerateArray().Select(Change).OrderBy(each => each.Item2));
        Assert.Equal(diff.GetProperty("data").GetRawText(), now.GetProperty("data").GetRawText());
        Assert.Contains((files[0], "added"), back.GetProperty("data").EnumerateArray().Select(Change));
        Assert.Empty(none.GetProperty("data").EnumerateArray());
        Assert.True(page.GetProperty("has_more").GetBoolean());
        Assert.Equal(400, (await caller.TryAsync(HttpMethod.Get, path)).Status);
        Assert.Equal(404, (await caller.TryAsync(HttpMethod.Get, $"{path}?from={store}")).Status);

        static (string, string) Change(JsonElement file) =>
            (file.GetProperty("file_id").GetString()!, file.GetProperty("change").GetString()!);
    }
}
