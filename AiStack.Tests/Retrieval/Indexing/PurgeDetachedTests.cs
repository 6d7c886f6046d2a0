using AiStack.Contracts;
using AiStack.Retrieval.Indexing;
using AiStack.ServiceDefaults.Database;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Retrieval.Indexing;

/// <summary>Rows that only tell that a file was detached do not stay for ever.</summary>
public sealed class PurgeDetachedTests(RetrievalFixture fixture) : IClassFixture<RetrievalFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_row_of_a_detached_file_goes_and_an_index_that_was_not_told_of_it_lets_the_file_go_too()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(("kept.txt", "It stays."), ("gone.txt", "It goes."));
        var id = Id<VectorStore>.Parse(store, null);
        await using var other = fixture.StartRetrieval();
        var indexes = other.Services.GetRequiredService<StoreIndexes>();
        var before = await indexes.GetAsync(caller.Project, id, await VersionAsync(id), Token);
        Assert.Equal(2, before.Read(index => index.Count));
        var gone = (await caller.SearchAsync(store, new { query = "It goes." }))[0].GetProperty("file_id").GetString();

        await caller.DeleteAsync($"/v1/vector_stores/{store}/files/{gone}");
        var purge = fixture.Retrieval.Services.GetRequiredService<PurgeDetached>();
        await purge.PurgeAsync(TimeSpan.FromHours(1), Token);
        var kept = await RowsAsync(id);
        await purge.PurgeAsync(TimeSpan.Zero, Token);

        Assert.Equal((2L, 1L), (kept, await RowsAsync(id)));
        var after = await indexes.GetAsync(caller.Project, id, await VersionAsync(id), Token);
        Assert.Equal(1, after.Read(index => index.Count));
    }

    private Task<long> VersionAsync(Id<VectorStore> store) =>
        ReadAsync($"select version from retrieval.vector_store where id = {store}");

    private Task<long> RowsAsync(Id<VectorStore> store) =>
        ReadAsync($"select count(*) from retrieval.store_file where vector_store_id = {store}");

    private async Task<long> ReadAsync(Sql sql)
    {
        await using var owner = NpgsqlDataSource.Create(fixture.OwnerConnectionString);
        await using var connection = await owner.OpenConnectionAsync(Token);
        return await connection.FirstOrDefaultAsync(sql, row => row.GetInt64(0), Token);
    }
}
