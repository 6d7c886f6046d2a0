using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Retrieval.Versions;

/// <summary>What a store held at a time is one call.</summary>
public sealed class HeldTests(RetrievalFixture fixture) : IClassFixture<RetrievalFixture>
{
    [Fact]
    public async Task A_store_tells_what_it_held_at_any_time()
    {
        var caller = fixture.NewCaller();
        var empty = TimeProvider.System.GetUtcNow();
        var store = await caller.CreateStoreAsync(("a.txt", "The pump."));
        var contents = $"/api/vector_stores/{store}/contents";
        var a = (await caller.ListAsync(contents))[0];
        var snapshot = await caller.SnapshotAsync(store);
        var b = await caller.AddAsync(store, "b.txt", "The bread.");
        await caller.DeleteAsync($"/v1/vector_stores/{store}/files/{Id(a)}");
        var now = await caller.ListAsync(contents);
        var since = now[0].GetProperty("since").GetDateTimeOffset();
        await caller.RollBackAsync(store, snapshot);
        var after = await caller.ListAsync(contents);

        Assert.Empty(await AtAsync(empty));
        Assert.Equal([Id(a)], await AtAsync(a.GetProperty("since").GetDateTimeOffset()));
        Assert.Empty(await AtAsync(a.GetProperty("since").GetDateTimeOffset().AddMicroseconds(-1)));
        Assert.Equal([Id(a)], await AtAsync(since.AddMicroseconds(-1)));
        Assert.Equal([b, Id(a)], await AtAsync(since));
        Assert.Equal([b], now.Select(Id));
        Assert.Equal([Id(a)], after.Select(Id));
        // What a rollback changes, it changes at one moment.
        var moment = after[0].GetProperty("since").GetDateTimeOffset();
        Assert.Equal([b], await AtAsync(moment.AddMicroseconds(-1)));
        Assert.Equal([Id(a)], await AtAsync(moment));
        Assert.Equal("a.txt", after[0].GetProperty("filename").GetString());

        async Task<IEnumerable<string>> AtAsync(DateTimeOffset at) =>
            (await caller.ListAsync($"{contents}?at={Uri.EscapeDataString(at.ToString("O"))}")).Select(Id);
    }

    [Fact]
    public async Task It_stays_when_a_file_is_deleted_without_its_name_and_other_revisions_are_other_times()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(("a.txt", "The pump."));
        var contents = $"/api/vector_stores/{store}/contents";
        var first = (await caller.ListAsync(contents))[0];
        await caller.PostAsync($"/v1/vector_stores/{store}/files/{Id(first)}", new { attributes = new { team = "b" } });
        var second = (await caller.ListAsync(contents))[0];

        await caller.DeleteFileAsync(Id(first));
        await Eventually.TrueAsync(
            async () => (await caller.ListAsync(contents)).Count == 0, TestContext.Current.CancellationToken);
        var held = Assert.Single(await caller.ListAsync(
            $"{contents}?at={first.GetProperty("since").GetDateTimeOffset().UtcDateTime:O}"));

        Assert.True(second.GetProperty("since").GetDateTimeOffset() > first.GetProperty("since").GetDateTimeOffset());
        Assert.Equal(Id(first), Id(held));
        Assert.Null(held.GetProperty("filename").GetString());
        Assert.Equal(second.GetProperty("since").GetString(), held.GetProperty("until").GetString());
    }

    [Fact]
    public async Task A_moment_is_one_and_pages_are_as_elsewhere()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(("a.txt", "The pump."), ("b.txt", "The bread."));
        var contents = $"/api/vector_stores/{store}/contents";

        var page = await caller.GetAsync($"{contents}?limit=1");
        var rest = await caller.ListAsync($"{contents}?after={page.GetProperty("last_id").GetString()}");

        Assert.True(page.GetProperty("has_more").GetBoolean());
        Assert.Single(rest);
        Assert.Equal(400, (await caller.TryAsync(HttpMethod.Get, $"{contents}?at=yesterday")).Status);
        Assert.Equal(404, (await fixture.NewCaller().TryAsync(HttpMethod.Get, contents)).Status);
    }

    private static string Id(System.Text.Json.JsonElement file) => file.GetProperty("file_id").GetString()!;
}
