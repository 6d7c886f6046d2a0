using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using AiStack.Tests.Fixtures;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Retrieval.Versions;

/// <summary>A store is cut anew beside what it is, which is searched until all is made.</summary>
public sealed class ReprocessTests(RetrievalFixture fixture) : IClassFixture<RetrievalFixture>
{
    private static readonly string _long = string.Join("\n\n", Enumerable.Range(0, 60).Select(n =>
        $"The pump of berth {n} is serviced by the crew of the harbour in the month of April, and again in autumn."));

    [Fact]
    public async Task All_files_are_cut_anew_at_once_and_what_was_there_is_kept_as_a_snapshot()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(("a.txt", _long), ("b.txt", "Bread is baked at five."));
        var before = await ChunksAsync(caller, store);

        var begun = await caller.PostAsync($"/api/vector_stores/{store}/reprocess", Cut(100));
        var hidden = begun.GetProperty("made_in").GetString()!;
        Assert.Empty(await caller.ListAsync($"/api/vector_stores/{store}/snapshots"));
        await EndedAsync(caller, store);

        var after = await ChunksAsync(caller, store);
        Assert.True(after > before, $"{before} {after}");
        Assert.Contains("berth 17", await caller.FoundAsync(store, "pump of berth 17"), StringComparison.Ordinal);
        var kept = Assert.Single(await caller.ListAsync($"/api/vector_stores/{store}/snapshots"));
        Assert.Equal("before_reprocess", kept.GetProperty("kind").GetString());
        Assert.Equal(before, await ChunksAsync(caller, kept.GetProperty("id").GetString()!));
        Assert.Equal(404, (await caller.TryAsync(HttpMethod.Get, $"/v1/vector_stores/{hidden}")).Status);
        await caller.RollBackAsync(store, kept.GetProperty("id").GetString()!);
        Assert.Equal(before, await ChunksAsync(caller, store));
    }

    [Fact]
    public async Task Files_that_come_or_go_meanwhile_are_as_people_left_them()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(("a.txt", _long), ("gone.txt", "Bread is baked at five."));
        var gone = (await caller.SearchAsync(store, new { query = "bread" }))[0].GetProperty("file_id").GetString()!;
        var again = await caller.AddAsync(store, "again.txt", "The crane is oiled.");
        var begun = await caller.PostAsync($"/api/vector_stores/{store}/reprocess", Cut(100));
        var hidden = begun.GetProperty("made_in").GetString()!;
        var stuck = await StickAsync(hidden);

        Assert.Equal(404, (await caller.TryAsync(HttpMethod.Get, $"/v1/vector_stores/{hidden}")).Status);
        Assert.Equal(404, (await caller.RefusedAsync(
            $"/v1/vector_stores/{hidden}/search", new { query = "bread" })).Status);
        await caller.PostAsync($"/v1/vector_stores/{store}/files", Attached(again, 400));
        await caller.CompletedAsync(store);
        await caller.DeleteAsync($"/v1/vector_stores/{store}/files/{gone}");
        await caller.AddAsync(store, "new.txt", "The lorry is serviced in June.");
        await UnstickAsync(stuck);
        await EndedAsync(caller, store);

        Assert.Contains("lorry", await caller.FoundAsync(store, "lorry in June"), StringComparison.Ordinal);
        Assert.DoesNotContain("baked", await caller.FoundAsync(store, "bread"), StringComparison.Ordinal);
        Assert.Equal(3, (await caller.ListAsync($"/v1/vector_stores/{store}/files")).Count);
        var attached = await caller.GetAsync($"/v1/vector_stores/{store}/files/{again}");
        Assert.Equal(400, attached.GetProperty("chunking_strategy").GetProperty("static")
            .GetProperty("max_chunk_size_tokens").GetInt32());
    }

    [Fact]
    public async Task It_is_refused_while_one_is_under_way_and_can_be_cancelled()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(("a.txt", _long));
        var snapshot = await caller.SnapshotAsync(store);
        var before = await ChunksAsync(caller, store);
        var path = $"/api/vector_stores/{store}/reprocess";

        await StickAsync((await caller.PostAsync(path, Cut(100))).GetProperty("made_in").GetString()!);
        var progress = await caller.GetAsync(path);
        var again = await caller.TryAsync(HttpMethod.Post, path, Cut(200));
        var rollback = await caller.TryAsync(
            HttpMethod.Post, $"/api/vector_stores/{store}/rollback",
            new { snapshot_id = snapshot, reason = "why not" });
        var cancelled = await caller.TryAsync(HttpMethod.Delete, path);

        Assert.True(progress.GetProperty("in_progress").GetInt32() > 0);
        Assert.Equal((409, 409, 200), (again.Status, rollback.Status, cancelled.Status));
        Assert.Equal(404, (await caller.TryAsync(HttpMethod.Get, path)).Status);
        Assert.Equal(404, (await caller.TryAsync(HttpMethod.Delete, path)).Status);
        Assert.Equal(400, (await caller.TryAsync(HttpMethod.Post, path, Cut(10))).Status);
        var unsaid = await caller.TryAsync(HttpMethod.Post, path, new { });
        Assert.Contains("'chunking_strategy' must say", unsaid.Body, StringComparison.Ordinal);
        Assert.Equal(before, await ChunksAsync(caller, store));
        Assert.Single(await caller.ListAsync($"/api/vector_stores/{store}/snapshots"));
    }

    /// <summary>Puts a file in that is never made.</summary>
    private async Task<Guid> StickAsync(string hidden)
    {
        var file = Id<StoredFile>.New().Value;
        var id = Id<VectorStore>.Parse(hidden, null);
        await using var owner = NpgsqlDataSource.Create(fixture.OwnerConnectionString);
        await using var connection = await owner.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await connection.ExecuteAsync(
            $"""
            insert into retrieval.store_file (
                vector_store_id, file_id, project_id, state, max_chunk_tokens, overlap_tokens, created_at)
            select id, {file}, project_id, 'in_progress', 100, 0, now()
            from retrieval.vector_store
            where id = {id}
            """, TestContext.Current.CancellationToken);
        return file;
    }

    private async Task UnstickAsync(Guid file)
    {
        await using var owner = NpgsqlDataSource.Create(fixture.OwnerConnectionString);
        await using var connection = await owner.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await connection.ExecuteAsync(
            $"delete from retrieval.store_file where file_id = {file}", TestContext.Current.CancellationToken);
    }

    private static object Attached(string file, int tokens) => new
    {
        file_id = file,
        chunking_strategy = new
        {
            type = "static", @static = new { max_chunk_size_tokens = tokens, chunk_overlap_tokens = 0 },
        },
    };

    private static object Cut(int tokens) => new
    {
        chunking_strategy = new
        {
            type = "static", @static = new { max_chunk_size_tokens = tokens, chunk_overlap_tokens = 0 },
        },
    };

    private static Task EndedAsync(StoreCaller caller, string store) => Eventually.TrueAsync(
        async () => (await caller.TryAsync(HttpMethod.Get, $"/api/vector_stores/{store}/reprocess")).Status == 404,
        TestContext.Current.CancellationToken);

    private static async Task<long> ChunksAsync(StoreCaller caller, string store)
    {
        var total = 0L;
        foreach (var file in await caller.ListAsync($"/v1/vector_stores/{store}/files"))
        {
            JsonElement chunks = await caller.GetAsync(
                $"/api/vector_stores/{store}/files/{file.GetProperty("id").GetString()}/chunks?limit=1");
            total += chunks.GetProperty("total").GetInt64();
        }

        return total;
    }
}
