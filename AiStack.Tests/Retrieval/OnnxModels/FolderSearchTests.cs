using System.Text.Json;
using AiStack.Retrieval;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Retrieval.OnnxModels;

/// <summary>A service whose embedder is a folder's model.</summary>
public sealed class FolderSearchTests(RetrievalFixture fixture) : IClassFixture<RetrievalFixture>, IDisposable
{
    private static readonly string[] _words = ["leave", "vacation", "salary", "poison"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aistack-embedder-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Files_get_its_vectors_and_queries_its_prefix()
    {
        TinyTexts.Write(_folder.FullName).WithWordPieces([.. _words, "query", "passage", ":"]);
        await using var retrieval = Start(
            ("Retrieval:Embedder:QueryPrefix", "query: "), ("Retrieval:Embedder:PassagePrefix", "passage: "));
        var caller = fixture.NewCaller(retrieval);
        var store = await caller.CreateStoreAsync(("rules.txt", "Salary"));
        await EmbeddedAsync(caller, store);

        var found = await caller.SearchAsync(store, new { query = "salary" });

        // [CLS] query : salary [SEP], and [CLS] passage : rules salary [SEP], where the title is above the text.
        var (query, passage) = (TinyTexts.Vector(true, 2, 8, 10, 6, 3), TinyTexts.Vector(true, 2, 9, 10, 1, 6, 3));
        var cosine = query.Zip(passage, (a, b) => a * b).Sum();
        Assert.Equal(cosine, found[0].GetProperty("scores").GetProperty("dense").GetDouble(), 0.02);
    }

    [Fact]
    public async Task A_text_of_which_it_makes_NaN_is_refused_and_the_next_is_not()
    {
        // The highest piece is tried when a model is loaded.
        TinyTexts.Write(_folder.FullName, graph => EmbeddingFolderTests.NaNs(graph, row: 7))
            .WithWordPieces([.. _words, "last"]);
        await using var retrieval = Start();
        var caller = fixture.NewCaller(retrieval);
        var store = await caller.CreateStoreAsync(("rules.txt", "Salary and leave."));

        var searched = await caller.RefusedAsync($"/v1/vector_stores/{store}/search", new { query = "poison" });
        var embedded = await caller.RefusedAsync("/v1/embeddings", new { model = "default", input = "poison" });

        Assert.Equal((503, "query"), (searched.Status, searched.Param));
        Assert.Equal((503, "input"), (embedded.Status, embedded.Param));
        Assert.Contains("no finite vector of 'input'", embedded.Message, StringComparison.Ordinal);
        Assert.Single(await caller.SearchAsync(store, new { query = "salary" }));
    }

    private static Task<JsonElement> EmbeddedAsync(StoreCaller caller, string store) => Eventually.ReadAsync(
        () => caller.GetAsync($"/v1/vector_stores/{store}"),
        found => found.GetProperty("readings").GetProperty("words_only").GetInt32() == 0);

    private ServiceFactory<RetrievalTelemetry> Start(params (string Key, string Value)[] settings) =>
        fixture.StartRetrieval([
            ("Retrieval:Embedder:Kind", "onnx-embedding"), ("Retrieval:Embedder:Folder", _folder.FullName), .. settings,
        ]);
}
