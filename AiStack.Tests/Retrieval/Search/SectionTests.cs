using System.Text.Json;
using Xunit;

namespace AiStack.Tests.Retrieval.Search;

/// <summary>What stands beside a passage in its section.</summary>
public sealed class SectionTests(RetrievalFixture fixture) : IClassFixture<RetrievalFixture>
{
    private const string Query = "Who waters the zebra fern?";

    /// <summary>Sections of which the one in the middle is of many chunks, the zebra fern in its middle.</summary>
    private static readonly string _plants = $"""
        # Plants

        ## Before

        {Sentences("Somebody dusts the cupboard before noon", 6)}

        ## Watering

        {Sentences("The gardener waters the plants of a floor on a weekday", 40)}

        The porter waters the zebra fern, which nobody else may touch.

        {Sentences("The gardener brings the plants of a floor outside in May", 40)}

        ## After

        {Sentences("Somebody waters the lawn after noon", 6)}
        """;

    [Fact]
    public async Task It_is_the_files_own_chunks_in_their_order_around_the_passage()
    {
        var (caller, store, file) = await StoreAsync(maxTokens: 100);

        var found = await FindAsync(caller, store);

        var own = found.GetProperty("ordinal").GetInt32();
        var section = found.GetProperty("section").EnumerateArray().ToList();
        Assert.Equal(
            [own - 4, own - 3, own - 2, own - 1, own + 1, own + 2, own + 3, own + 4], section.Select(Ordinal));
        var chunks = await ChunksAsync(caller, store, file);
        Assert.All(section, part =>
        {
            var chunk = chunks[Ordinal(part)];
            Assert.Equal(chunk.GetProperty("id").GetString(), part.GetProperty("chunk_id").GetString());
            Assert.Equal("Plants > Watering", chunk.GetProperty("heading").GetString());
            foreach (var same in new[] { "text", "start", "end", "page" })
            {
                Assert.Equal(chunk.GetProperty(same).GetRawText(), part.GetProperty(same).GetRawText());
            }
        });
    }

    [Fact]
    public async Task It_ends_where_the_section_ends_and_where_it_has_become_long()
    {
        var (caller, store, file) = await StoreAsync(maxTokens: 1_000);

        var found = await FindAsync(caller, store);

        var chunks = await ChunksAsync(caller, store, file);
        var own = found.GetProperty("ordinal").GetInt32();
        var section = found.GetProperty("section").EnumerateArray().ToList();
        Assert.All(section, part =>
            Assert.Equal("Plants > Watering", chunks[Ordinal(part)].GetProperty("heading").GetString()));
        Assert.InRange(
            chunks[own].GetProperty("text").GetString()!.Length
                + section.Sum(part => part.GetProperty("text").GetString()!.Length),
            1,
            8_000);
        Assert.NotEqual(chunks.Count - 1, section.Count);
    }

    [Fact]
    public async Task A_file_that_another_store_has_cut_otherwise_gives_no_chunks_of_that()
    {
        var (caller, store, file) = await StoreAsync(maxTokens: 100);
        await AttachAsync(caller, file, maxTokens: 150);

        var found = await FindAsync(caller, store);

        var chunks = (await ChunksAsync(caller, store, file)).Select(chunk => chunk.GetProperty("id").GetString());
        Assert.Subset(
            chunks.ToHashSet(),
            found.GetProperty("section").EnumerateArray()
                .Select(part => part.GetProperty("chunk_id").GetString()).ToHashSet());
    }

    [Fact]
    public async Task It_is_there_only_when_it_is_asked_for()
    {
        var (caller, store, _) = await StoreAsync(maxTokens: 100);

        var found = await caller.SearchAsync(store, new { query = Query, include = new[] { "best_sentence" } });

        Assert.All(found, passage => Assert.False(passage.TryGetProperty("section", out _)));
    }

    private async Task<(StoreCaller Caller, string Store, string File)> StoreAsync(int maxTokens)
    {
        var caller = fixture.NewCaller();
        var file = await caller.UploadAsync("plants.md", _plants);
        return (caller, await AttachAsync(caller, file, maxTokens), file);
    }

    private static async Task<string> AttachAsync(StoreCaller caller, string file, int maxTokens)
    {
        var chunking = new { max_chunk_size_tokens = maxTokens, chunk_overlap_tokens = 20 };
        var store = (await caller.PostAsync("/v1/vector_stores", new
        {
            name = "plants", file_ids = new[] { file }, chunking_strategy = new { type = "static", @static = chunking },
        })).GetProperty("id").GetString()!;
        await caller.CompletedAsync(store);
        return store;
    }

    private static async Task<JsonElement> FindAsync(StoreCaller caller, string store) =>
        (await caller.SearchAsync(store, new { query = Query, include = new[] { "section" } }))[0];

    private static async Task<List<JsonElement>> ChunksAsync(StoreCaller caller, string store, string file) =>
    [
        .. (await caller.GetAsync($"/api/vector_stores/{store}/files/{file}/chunks?limit=100"))
            .GetProperty("data").EnumerateArray(),
    ];

    private static int Ordinal(JsonElement part) => part.GetProperty("ordinal").GetInt32();

    private static string Sentences(string about, int count) =>
        string.Join(' ', Enumerable.Range(1, count).Select(number => $"{about}, by list {number}."));
}
