using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Retrieval.Indexing;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Work;
using AiStack.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Retrieval.Versions;

/// <summary>A store holds again what it held at a snapshot: all of it, or nothing happened.</summary>
public sealed class RollBackTests(RetrievalFixture fixture) : IClassFixture<RetrievalFixture>
{
    private static readonly string[] _words =
        "rope sail mast deck keel crew tide wind pier dock crane cargo salt fish net bell".Split(' ');

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_a_rollback_a_store_finds_what_it_found_with_the_same_scores_and_it_can_be_taken_back()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(
            ("pump.txt", "The pump of the ferry is serviced in April."), ("bread.txt", "Bread is baked at five."));
        var old = await StateAsync(caller, store);
        var snapshot = await caller.SnapshotAsync(store);
        var bread = (await caller.SearchAsync(store, new { query = "bread" }))[0].GetProperty("file_id").GetString()!;
        await caller.DeleteAsync($"/v1/vector_stores/{store}/files/{bread}");
        var pump = (await caller.SearchAsync(store, new { query = "pump" }))[0].GetProperty("file_id").GetString()!;
        await caller.PostAsync($"/v1/vector_stores/{store}/files", new
        {
            file_id = pump, attributes = new { team = "b" },
            chunking_strategy = new
            {
                type = "static", @static = new { max_chunk_size_tokens = 100, chunk_overlap_tokens = 0 },
            },
        });
        await caller.CompletedAsync(store);
        await caller.AddAsync(store, "new.txt", "The pump of the lorry is serviced in June.");
        var changed = await StateAsync(caller, store);

        var done = await caller.RollBackAsync(store, snapshot, "The new pump is wrong.");
        var first = await StateAsync(caller, store);
        await caller.RollBackAsync(store, snapshot);
        var second = await StateAsync(caller, store);
        await caller.RollBackAsync(store, done.GetProperty("kept_as").GetString()!);
        var undone = await StateAsync(caller, store);

        Assert.Equal(old, first);
        Assert.Equal(old, second);
        Assert.Equal(changed, undone);
        Assert.NotEqual(old, changed);
        Assert.Equal(2, done.GetProperty("files").GetInt32());
        Assert.Equal(1, done.GetProperty("files_removed").GetInt32());
        var told = await caller.ListAsync($"/api/vector_stores/{store}/rollbacks");
        Assert.Equal("The new pump is wrong.", told[^1].GetProperty("reason").GetString());
        Assert.Equal(
            ["before_rollback", "before_rollback", "before_rollback", "made"],
            (await caller.ListAsync($"/api/vector_stores/{store}/snapshots"))
                .Select(each => each.GetProperty("kind").GetString()));
    }

    [Fact]
    public async Task A_search_during_a_rollback_is_of_what_was_there_before_or_of_the_snapshot()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync();
        await AttachAsync(caller, store, "spring");
        var spring = await caller.SnapshotAsync(store, "spring");
        var old = (await FilesAsync(caller, store)).ToHashSet();
        foreach (var file in old)
        {
            await caller.DeleteAsync($"/v1/vector_stores/{store}/files/{file}");
        }

        await AttachAsync(caller, store, "autumn");

        var autumn = await caller.SnapshotAsync(store, "autumn");
        var indexes = fixture.Retrieval.Services.GetRequiredService<StoreIndexes>();
        var id = Id<VectorStore>.Parse(store, null);
        var loaded = await indexes.GetAsync(caller.Project, id, await VersionAsync(id), Token);
        Assert.True(loaded.Read(index => index.Count) > 2_000);
        var isDone = false;
        // All that reads the index, as often as it can, and all that a search says.
        var reads = Enumerable.Range(0, 2).Select(_ => Task.Run(() => Read(loaded), Token)).ToArray();
        var search = Task.Run(SearchAsync, Token);
        for (var round = 0; round < 4; round++)
        {
            await caller.RollBackAsync(store, round % 2 == 0 ? spring : autumn);
            Assert.Equal(round % 2 == 0, (await SeasonsAsync()).Single());
        }

        Volatile.Write(ref isDone, true);
        Assert.Equal([1], (await Task.WhenAll(reads)).Append(await search).SelectMany(each => each).Distinct());

        // How many seasons are in the index at once.
        HashSet<int> Read(LoadedStore index)
        {
            HashSet<int> seen = [];
            while (!Volatile.Read(ref isDone))
            {
                seen.Add(index.Read(read => Seasons(read.Files)));
            }

            return seen;
        }

        int Seasons(ReadOnlySpan<IndexedFile?> files)
        {
            var (hasOld, hasNew) = (false, false);
            foreach (var file in files)
            {
                var isOld = file is not null && old.Contains(file.Id.ToString());
                hasOld |= isOld;
                hasNew |= file is not null && !isOld;
            }

            return (hasOld ? 1 : 0) + (hasNew ? 1 : 0);
        }

        async Task<HashSet<int>> SearchAsync()
        {
            HashSet<int> seen = [];
            while (!Volatile.Read(ref isDone))
            {
                seen.Add((await SeasonsAsync()).Count);
            }

            return seen;
        }

        async Task<List<bool>> SeasonsAsync() =>
        [
            .. (await caller.SearchAsync(store, new { query = "the ledger of the harbour", max_num_results = 50 }))
                .Select(each => old.Contains(each.GetProperty("file_id").GetString()!)).Distinct(),
        ];
    }

    [Fact]
    public async Task A_rollback_that_breaks_off_did_nothing()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(("pump.txt", "The pump of the ferry is serviced in April."));
        var snapshot = await caller.SnapshotAsync(store);
        await caller.AddAsync(store, "new.txt", "The pump of the lorry is serviced in June.");
        var before = await StateAsync(caller, store);
        await using var owner = NpgsqlDataSource.Create(fixture.OwnerConnectionString);
        await using var blocking = await owner.OpenConnectionAsync(Token);
        await using var hold = await blocking.BeginTransactionAsync(Token);
        var id = Id<VectorStore>.Parse(snapshot, null);
        await blocking.ExecuteAsync($"select from retrieval.vector_store where id = {id} for update", Token);

        var rollback = caller.TryAsync(
            HttpMethod.Post, $"/api/vector_stores/{store}/rollback",
            new { snapshot_id = snapshot, reason = "why not" });
        await Eventually.TrueAsync(async () => await KillAsync(owner, blocking.ProcessID), Token);
        var (status, _) = await rollback;
        await hold.RollbackAsync(Token);

        Assert.True(status >= 500, $"{status}");
        Assert.Equal(before, await StateAsync(caller, store));
        Assert.Single(await caller.ListAsync($"/api/vector_stores/{store}/snapshots"));
        await caller.RollBackAsync(store, snapshot);
        Assert.NotEqual(before, await StateAsync(caller, store));
    }

    [Fact]
    public async Task A_file_that_is_on_its_way_into_the_store_does_not_come_after_the_rollback()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(("pump.txt", "The pump of the ferry is serviced in April."));
        var snapshot = await caller.SnapshotAsync(store);
        var before = await StateAsync(caller, store);
        var files = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(n => caller.UploadAsync($"{n}.txt", $"The pump {n} is new.")));

        await caller.PostAsync($"/v1/vector_stores/{store}/file_batches", new { file_ids = files });
        var waiting = await WaitAsync(caller.Project, store);
        await caller.RollBackAsync(store, snapshot);
        Assert.Equal((1L, 0L), (waiting, await WaitingAsync(caller.Project, store)));

        await caller.CompletedAsync(store);
        // Work after theirs is done when this is.
        await caller.AddAsync(store, "last.txt", "Bread is baked at five.");
        await caller.RollBackAsync(store, snapshot);
        Assert.Equal(before, await StateAsync(caller, store));
        Assert.Single(await caller.ListAsync($"/v1/vector_stores/{store}/files"));
    }

    [Fact]
    public async Task Work_of_a_way_of_cutting_that_is_not_asked_for_any_more_is_not_stored()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(("pump.txt", "The pump of the ferry is serviced in April."));
        var first = (await caller.ListAsync($"/api/vector_stores/{store}/contents"))[0];
        var file = first.GetProperty("file_id").GetString()!;
        await caller.PostAsync($"/v1/vector_stores/{store}/files", new
        {
            file_id = file,
            chunking_strategy = new
            {
                type = "static", @static = new { max_chunk_size_tokens = 100, chunk_overlap_tokens = 0 },
            },
        });
        await caller.CompletedAsync(store);
        var second = await RevisionAsync();

        await using var owner = NpgsqlDataSource.Create(fixture.OwnerConnectionString);
        await using var connection = await owner.OpenConnectionAsync(Token);
        await WorkQueue.EnqueueAsync(
            connection, caller.Project, FileProcessed.Queue,
            new FileProcessed(
                Id<VectorStore>.Parse(store, null), Id<StoredFile>.Parse(file, null),
                Id<Revision>.Parse(first.GetProperty("revision_id").GetString()!, null), Failure: null),
            Token);
        await Eventually.TrueAsync(
            async () => await QueuedAsync(connection, caller.Project) == 0, Token);

        Assert.NotEqual(first.GetProperty("revision_id").GetString(), second);
        Assert.Equal(second, await RevisionAsync());

        async Task<string?> RevisionAsync() =>
            (await caller.ListAsync($"/api/vector_stores/{store}/contents"))[0].GetProperty("revision_id").GetString();
    }

    [Fact]
    public async Task Work_that_was_begun_before_a_rollback_is_not_stored_after_it()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(("pump.txt", "The pump of the ferry is serviced in April."));
        var file = (await caller.ListAsync($"/api/vector_stores/{store}/contents"))[0];
        var id = Id<VectorStore>.Parse(store, null);
        var work = new FileProcessed(
            id, Id<StoredFile>.Parse(file.GetProperty("file_id").GetString()!, null), Id<Revision>.New(),
            Failure: null);
        await using var owner = NpgsqlDataSource.Create(fixture.OwnerConnectionString);
        await using var connection = await owner.OpenConnectionAsync(Token);
        var before = await StoreFence.ReadAsync(connection, [id], Token);

        await caller.RollBackAsync(store, await caller.SnapshotAsync(store));

        Assert.Empty((await EnterAsync(before)).Files);
        Assert.Equal(0, await QueuedAsync(connection, caller.Project));
        Assert.Single((await EnterAsync(await StoreFence.ReadAsync(connection, [id], Token))).Files);

        Task<EnteredStore> EnterAsync(Dictionary<Id<VectorStore>, long> times) => StoreFence.EnterAsync(
            connection, caller.Project, new[] { work }.GroupBy(each => each.VectorStoreId).Single(), times,
            TimeProvider.System.GetUtcNow(), Token);
    }

    [Fact]
    public async Task A_rollback_says_why_and_is_to_a_snapshot_of_the_store()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync();
        var other = await caller.SnapshotAsync(await caller.CreateStoreAsync());
        var own = await caller.SnapshotAsync(store);
        var path = $"/api/vector_stores/{store}/rollback";

        async Task<int> StatusAsync(object body) => (await caller.TryAsync(HttpMethod.Post, path, body)).Status;
        var stranger = fixture.NewCaller();

        Assert.Equal(404, await StatusAsync(new { snapshot_id = other, reason = "It was better." }));
        Assert.Equal(404, await StatusAsync(new { snapshot_id = store, reason = "It was better." }));
        Assert.Equal(404, await StatusAsync(new { reason = "It was better." }));
        Assert.Equal(400, await StatusAsync(new { snapshot_id = own }));
        Assert.Equal(400, await StatusAsync(new { snapshot_id = own, reason = new string('a', 1_001) }));
        Assert.Equal(404, (await stranger.TryAsync(
            HttpMethod.Post, path, new { snapshot_id = own, reason = "It was better." })).Status);
        Assert.Equal(404, (await stranger.TryAsync(HttpMethod.Get, $"/v1/vector_stores/{own}")).Status);
        Assert.Equal(404, (await stranger.TryAsync(
            HttpMethod.Delete, $"/api/vector_stores/{store}/snapshots/{own}")).Status);
    }

    /// <summary>What a store holds and finds, to the last digit.</summary>
    private async Task<string> StateAsync(StoreCaller caller, string store)
    {
        var id = Id<VectorStore>.Parse(store, null);
        await using var owner = NpgsqlDataSource.Create(fixture.OwnerConnectionString);
        await using var connection = await owner.OpenConnectionAsync(Token);
        var rows = await connection.ListAsync(
            $"""
            select f.file_id::text || f.revision_id || f.attributes || f.max_chunk_tokens || f.embedder || coalesce((
                select string_agg(e.ordinal || e.chunk_id::text || md5(e.vector) || e.scale || md5(e.terms), ','
                    order by e.ordinal)
                from retrieval.entry e
                where e.vector_store_id = f.vector_store_id and e.file_id = f.file_id), '')
            from retrieval.store_file f
            where f.vector_store_id = {id} and f.removed_at is null
            order by f.file_id
            """,
            row => row.GetString(0),
            Token);
        return string.Join('\n', rows) + await caller.FoundAsync(store, "which pump is serviced in April?");
    }

    private static async Task<IEnumerable<string>> FilesAsync(StoreCaller caller, string store) =>
        (await caller.ListAsync($"/v1/vector_stores/{store}/files"))
            .Select(file => file.GetProperty("id").GetString()!);

    private static async Task AttachAsync(StoreCaller caller, string store, string season)
    {
        foreach (var (name, text) in Enumerable.Range(0, 3).Select(number => Version(season, number)))
        {
            var file = await caller.UploadAsync(name, text);
            await caller.PostAsync($"/v1/vector_stores/{store}/files", new
            {
                file_id = file,
                chunking_strategy = new
                {
                    type = "static", @static = new { max_chunk_size_tokens = 100, chunk_overlap_tokens = 0 },
                },
            });
        }

        await caller.CompletedAsync(store);
    }

    /// <summary>Queues work for the store that nobody does yet: another way of cutting one of its files.</summary>
    private async Task<long> WaitAsync(Id<Project> project, string store)
    {
        await using var owner = NpgsqlDataSource.Create(fixture.OwnerConnectionString);
        await using var connection = await owner.OpenConnectionAsync(Token);
        await WorkQueue.EnqueueAllAsync(
            connection, project, ProcessFile.Queue,
            [new ProcessFile(Id<VectorStore>.Parse(store, null), Id<StoredFile>.New(), 100, 0)], Token,
            TimeSpan.FromHours(1));
        return await WaitingAsync(project, store);
    }

    private async Task<long> WaitingAsync(Id<Project> project, string store)
    {
        await using var owner = NpgsqlDataSource.Create(fixture.OwnerConnectionString);
        await using var connection = await owner.OpenConnectionAsync(Token);
        return await connection.FirstOrDefaultAsync(
            $"""
            select count(*)
            from ops.work_item
            where project_id = {project} and payload ->> 'vectorStoreId' = {store} and available_at > now()
              and queue = {ProcessFile.Queue}
            """,
            row => row.GetInt64(0),
            Token);
    }

    private async Task<long> VersionAsync(Id<VectorStore> store)
    {
        await using var owner = NpgsqlDataSource.Create(fixture.OwnerConnectionString);
        await using var connection = await owner.OpenConnectionAsync(Token);
        return await connection.FirstOrDefaultAsync(
            $"select version from retrieval.vector_store where id = {store}", row => row.GetInt64(0), Token);
    }

    private static Task<long> QueuedAsync(NpgsqlConnection connection, Id<Project> project) =>
        connection.FirstOrDefaultAsync(
            $"select count(*) from ops.work_item where project_id = {project} and queue = {FileProcessed.Queue}",
            row => row.GetInt64(0),
            Token);

    private static async Task<bool> KillAsync(NpgsqlDataSource owner, int blocking)
    {
        await using var connection = await owner.OpenConnectionAsync(Token);
        return await connection.FirstOrDefaultAsync(
            $"""
            select bool_or(pg_terminate_backend(pid))
            from pg_stat_activity
            where {blocking} = any(pg_blocking_pids(pid))
            """,
            row => !row.IsDBNull(0) && row.GetBoolean(0),
            Token);
    }

    /// <summary>More chunks in three than an index takes at once: each paragraph is one.</summary>
    private static (string Name, string Text) Version(string season, int number) => (
        $"{season}-{number}.md",
        string.Join("\n\n", Enumerable.Range(0, 800).Select(n =>
            $"The ledger of the harbour for {season} names ship {n} of berth {number}. "
            + string.Join(' ', Enumerable.Range(0, 50).Select(word => _words[(n * 7 + word * 3) % _words.Length])))));
}
