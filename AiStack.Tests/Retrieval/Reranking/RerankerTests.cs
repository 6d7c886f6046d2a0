using System.Diagnostics;
using System.Text.Json;
using AiStack.Retrieval;
using AiStack.Retrieval.OnnxModels;
using AiStack.Retrieval.Reranking;
using AiStack.Tests.Fixtures;
using AiStack.Tests.Retrieval.OnnxModels;
using Microsoft.Extensions.Options;
using Xunit;
using DataType = Onnx.TensorProto.Types.DataType;

namespace AiStack.Tests.Retrieval.Reranking;

/// <summary>A search whose best passages are ordered by a cross-encoder from a folder.</summary>
public sealed class RerankerTests(RetrievalFixture fixture) : IClassFixture<RetrievalFixture>, IDisposable
{
    private static readonly (string, string)[] _files =
    [
        ("first.txt", "Leave is asked for in writing: leave of any kind."),
        ("second.txt", "Leave counts thirty days a year, and is granted by the manager."),
        ("third.txt", "Leave forms are kept by the office."),
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aistack-reranker-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_order_is_the_models_and_the_best_place_keeps_the_best_score()
    {
        TinyPairs.Write(_folder.FullName, ("thirty", 2), ("office", 3), ("leave", -0.5f));
        await using var retrieval = Start();
        var caller = fixture.NewCaller(retrieval);
        var store = await caller.CreateStoreAsync(_files);

        var plain = await caller.SearchAsync(
            store, new { query = "leave", ranking_options = new { ranker = "none" } });
        var found = await caller.SearchAsync(
            store, new { query = "leave", ranking_options = new { ranker = "default-2024-11-15" } });

        Assert.Equal(["third.txt", "second.txt", "first.txt"], found.Select(Name));
        Assert.NotEqual(plain.Select(Name), found.Select(Name));
        Assert.Equal([2.5, 1.5, -1.0], found.Select(Said));
        Assert.Equal(found.Select(Score).OrderDescending(), found.Select(Score));
        Assert.All(plain, passage => Assert.False(passage.GetProperty("scores").TryGetProperty("reranker", out _)));
    }

    [Fact]
    public async Task What_comes_after_the_number_that_is_read_keeps_its_place()
    {
        TinyPairs.Write(_folder.FullName, ("thirty", 2), ("office", 3), ("leave", -0.5f));
        await using var without = fixture.StartRetrieval();
        var caller = fixture.NewCaller(without);
        var store = await caller.CreateStoreAsync(_files);
        var before = await caller.SearchAsync(store, new { query = "leave" });
        await using var retrieval = Start(("Retrieval:Reranker:Passages", "2"));

        var found = await fixture.NewCaller(retrieval, caller.Project).SearchAsync(store, new { query = "leave" });

        Assert.Equal(Name(before[2]), Name(found[2]));
        Assert.Equal(Score(before[2]), Score(found[2]), 6);
        Assert.False(found[2].GetProperty("scores").TryGetProperty("reranker", out _));
        Assert.True(Said(found[0]) > Said(found[1]));
    }

    [Fact]
    public async Task What_is_superseded_stays_below_what_counts_now_though_the_model_likes_it_as_well()
    {
        TinyPairs.Write(_folder.FullName, ("thirty", 1));
        await using var retrieval = Start();
        var caller = fixture.NewCaller(retrieval);
        var store = await caller.CreateStoreAsync(
            ("leave-2023.txt", "Leave: thirty days of leave, it is said."),
            ("leave-2025.txt", "Leave: thirty days, as of now."));

        var found = await caller.SearchAsync(store, new { query = "leave" });

        Assert.Equal(["leave-2025.txt", "leave-2023.txt"], found.Select(Name));
        Assert.Equal([1.0, 1.0], found.Select(Said));
    }

    [Fact]
    public async Task What_the_model_has_not_read_in_time_keeps_its_place_and_the_search_ends_in_time()
    {
        Slow(_folder.FullName);
        await using var retrieval = Start(("Retrieval:Reranker:TimeLimit", "00:00:00.050"));
        var caller = fixture.NewCaller(retrieval);
        var store = await caller.CreateStoreAsync(_files);
        await using var without = fixture.StartRetrieval();
        var before = await fixture.NewCaller(without, caller.Project).SearchAsync(store, new { query = "leave" });

        var started = Stopwatch.GetTimestamp();
        var found = await caller.SearchAsync(store, new { query = "leave" });

        Assert.Equal(before.Select(Name), found.Select(Name));
        Assert.All(found, passage => Assert.False(passage.GetProperty("scores").TryGetProperty("reranker", out _)));
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_passage_of_which_the_model_says_NaN_keeps_its_place()
    {
        TinyPairs.Write(_folder.FullName, ("thirty", float.NaN), ("office", 3), ("writing", 1), ("last", 0));
        await using var retrieval = Start();
        var caller = fixture.NewCaller(retrieval);
        var store = await caller.CreateStoreAsync(_files);

        var found = await caller.SearchAsync(store, new { query = "leave" });

        Assert.Equal(2, found.Count(passage => passage.GetProperty("scores").TryGetProperty("reranker", out _)));
        Assert.Equal(
            ["third.txt", "first.txt"], found.Select(Name).Where(name => name != "second.txt"));
    }

    [Fact]
    public void A_folder_that_cannot_be_used_is_refused_and_the_file_named()
    {
        Assert.Contains("none of model.onnx", Refusal(), StringComparison.Ordinal);

        var tiny = TinyTexts.Write(_folder.FullName).WithWordPieces("a");
        Assert.Contains(
            "model.onnx says [1, 3, 16] of a pair of texts; expected is one number: [1, 1]", Refusal(),
            StringComparison.Ordinal);

        TinyPairs.Write(_folder.FullName, ("a", float.NaN));
        Assert.Contains("model.onnx says NaN of a pair of texts", Refusal(), StringComparison.Ordinal);

        File.WriteAllBytes(tiny.PathOf("model.onnx"), File.ReadAllBytes(tiny.PathOf("model.onnx"))[..100]);
        Assert.Contains("model.onnx cannot be loaded", Refusal(), StringComparison.Ordinal);

        using (var data = File.Create(tiny.PathOf("model.onnx_data")))
        {
            data.SetLength(1L << 42); // It takes no room: nothing is written.
        }

        Assert.Matches("has 43980465[0-9]+ bytes of weights, and [0-9]+ bytes of memory are free", Refusal());
    }

    [Fact]
    public void A_setting_that_names_no_folder_stops_the_service()
    {
        var result = new RerankerFolderValidation().Validate(null, new() { Folder = "/no/such" });

        Assert.Equal("Retrieval:Reranker:Folder cannot be used: there is no folder /no/such", result.FailureMessage);
    }

    /// <summary>Each pair takes seconds, by products of large matrices.</summary>
    private static void Slow(string folder) => TinyTexts.Write(folder, graph =>
    {
        const int size = 1_024;
        TinyTexts.Inputs(graph);
        graph.Weights("square", new float[size * size], size, size);
        graph.Node("Shape", "input_ids", "shape");
        graph.Node("Gather", ["shape", graph.Whole("second", 1)], ["pieces"], ("axis", 0));
        graph.Node("Cast", ["pieces"], ["length"], ("to", (int)DataType.Float));
        graph.Node("Mul", "square", "length", "state0");
        for (var i = 0; i < 20; i++)
        {
            graph.Node("MatMul", $"state{i}", "square", $"product{i}");
            graph.Node("Cos", $"product{i}", $"state{i + 1}");
        }

        graph.Node("ReduceMean", ["state20"], ["logits"], ("keepdims", 0));
        graph.Output("logits", DataType.Float);
    }).WithWordPieces("a");

    private static string Name(JsonElement passage) => passage.GetProperty("filename").GetString()!;

    private static double Score(JsonElement passage) => passage.GetProperty("score").GetDouble();

    private static double Said(JsonElement passage) =>
        Math.Round(passage.GetProperty("scores").GetProperty("reranker").GetDouble(), 4);

    private ServiceFactory<RetrievalTelemetry> Start(params (string Key, string Value)[] settings) =>
        fixture.StartRetrieval([
            ("Retrieval:Reranker:Folder", _folder.FullName), ("Retrieval:Reranker:TimeLimit", "00:01:00"), .. settings,
        ]);

    private string Refusal()
    {
        var options = Options.Create(new RerankerOptions { Folder = _folder.FullName });
        var message = Assert.Throws<ModelRefusedException>(() =>
        {
            using var reranker = new Reranker(
                options, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<Reranker>.Instance);
        }).Message;
        Assert.DoesNotContain('\n', message);
        Assert.StartsWith("Retrieval:Reranker:Folder cannot be used: ", message, StringComparison.Ordinal);
        return message;
    }
}
