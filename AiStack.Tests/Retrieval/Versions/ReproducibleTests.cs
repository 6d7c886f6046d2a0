using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Retrieval.Versions;

/// <summary>The same bytes and settings give the same chunks, wherever they are read.</summary>
public sealed class ReproducibleTests(RetrievalFixture fixture) : IClassFixture<RetrievalFixture>
{
    private static readonly string[] _documents =
        ["hr/employee-handbook.docx", "finance/expense-policy.md", "sales/price-list-2026.csv"];

    [Fact]
    public async Task Two_databases_make_the_same_chunks_of_the_same_bytes_with_the_same_hashes()
    {
        await using var other = new RetrievalFixture();
        await other.InitializeAsync();

        var one = await ChunksAsync(fixture.NewCaller(), 200);
        var same = await ChunksAsync(other.NewCaller(), 200);
        var others = await ChunksAsync(other.NewCaller(), 100);

        Assert.True(one.Count > 20, $"{one.Count}");
        Assert.Equal(one, same);
        Assert.Equal(one.Count, one.Select(chunk => chunk.Hash).Distinct().Count());
        // Where other settings give the same text, they give another hash.
        var alike = one.Join(
            others, chunk => (chunk.File, chunk.Text), chunk => (chunk.File, chunk.Text),
            (mine, its) => (Mine: mine.Hash, Its: its.Hash)).ToList();
        Assert.NotEmpty(alike);
        Assert.All(alike, pair => Assert.NotEqual(pair.Mine, pair.Its));
    }

    [Fact]
    public async Task A_hash_tells_nothing_of_text_that_is_masked()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(
            ("a.txt", "Write to ada.byron@example.com about the pump."));
        var file = (await caller.ListAsync($"/v1/vector_stores/{store}/files"))[0].GetProperty("id").GetString();
        var chunks = $"/api/vector_stores/{store}/files/{file}/chunks";
        var before = (await caller.ListAsync(chunks))[0].GetProperty("hash").GetString();

        await caller.TryAsync(HttpMethod.Put, $"/api/vector_stores/{store}/privacy", new { @default = "mask" });

        Assert.NotEqual(before, (await caller.ListAsync(chunks))[0].GetProperty("hash").GetString());
    }

    private static async Task<List<(string File, string Hash, string Text, string Place)>> ChunksAsync(
        StoreCaller caller, int tokens)
    {
        List<(string, string, string, string)> all = [];
        foreach (var name in _documents)
        {
            var path = Path.Combine(Repository.Root, "samples", "documents", name);
            var file = await caller.UploadAsync(
                Path.GetFileName(name), await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
            var store = (await caller.PostAsync("/v1/vector_stores", new
            {
                file_ids = new[] { file },
                chunking_strategy = new
                {
                    type = "static", @static = new { max_chunk_size_tokens = tokens, chunk_overlap_tokens = 20 },
                },
            })).GetProperty("id").GetString()!;
            await caller.CompletedAsync(store);
            all.AddRange((await caller.ListAsync($"/api/vector_stores/{store}/files/{file}/chunks?limit=100"))
                .Select(chunk => (
                    name, chunk.GetProperty("hash").GetString()!, chunk.GetProperty("text").GetString()!,
                    $"{chunk.GetProperty("ordinal")} {chunk.GetProperty("start")} {chunk.GetProperty("end")} "
                    + $"{chunk.GetProperty("page")} {chunk.GetProperty("heading")} {chunk.GetProperty("origin")}")));
        }

        return all;
    }
}
