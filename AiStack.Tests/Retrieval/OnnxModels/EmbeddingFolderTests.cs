using AiStack.Retrieval.Embedding;
using AiStack.Retrieval.OnnxModels;
using AiStack.Tests.Retrieval.Embedding;
using AiStack.Tests.Serving.GenAi;
using Xunit;
using DataType = Onnx.TensorProto.Types.DataType;

namespace AiStack.Tests.Retrieval.OnnxModels;

/// <summary>Embedding models from folders: the vectors that they should make, and what is refused.</summary>
public sealed class EmbeddingFolderTests : IDisposable
{
    private static readonly (string, double)[] _unigram =
        [("▁hello", -2), ("▁wor", -4), ("ld", -3), ("▁world", -9), ("▁", -5), ("ö", -6)];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aistack-embedder-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("cls_token", "Mean", false)]
    [InlineData("mean_tokens", "Cls", true)]
    [InlineData(null, "Cls", false)]
    [InlineData(null, "Mean", true)]
    public async Task A_vector_is_what_the_folder_says_and_else_the_setting(string? inFolder, string set, bool mean)
    {
        var tiny = TinyTexts.Write(_folder.FullName).WithWordPieces("hello", "wor", "##ld");
        if (inFolder is not null)
        {
            tiny.WithPooling(inFolder);
        }

        var vector = await VectorAsync("Hello  WORLD!", Enum.Parse<Pooling>(set));

        Assert.Equal(TinyTexts.Vector(mean, 2, 4, 5, 6, 1, 3), vector, Near);
    }

    [Theory]
    [InlineData(true, null, "ecole Ecole École", new[] { 4, 4, 4 })]
    [InlineData(true, false, "ecole École", new[] { 4, 6 })]
    [InlineData(false, null, "ecole Ecole École", new[] { 4, 5, 7 })]
    public async Task Case_and_accents_are_as_the_tokenizer_says(
        bool lowercase, bool? stripAccents, string text, int[] pieces)
    {
        TinyTexts.Write(_folder.FullName)
            .WithWordPiecesDescribed(lowercase, stripAccents, "ecole", "Ecole", "école", "École");
        var described = await VectorAsync(text);
        File.Delete(Path.Combine(_folder.FullName, "tokenizer.json"));
        TinyTexts.Write(_folder.FullName).WithWordPieces("ecole", "Ecole", "école", "École")
            .With("tokenizer_config.json", new { do_lower_case = lowercase, strip_accents = stripAccents });

        Assert.Equal(TinyTexts.Vector(mean: true, [2, .. pieces, 3]), described, Near);
        Assert.Equal(described, await VectorAsync(text));
    }

    [Fact]
    public async Task Pieces_of_SentencePiece_have_the_numbers_that_the_model_knows()
    {
        TinyTexts.Write(_folder.FullName).WithUnigram(_unigram);

        var vector = await VectorAsync("hello  world öx\ud83d");

        // <s> ▁hello ▁wor ld ▁ ö <unk> </s>: two likely pieces before an unlikely one; all that is unknown is one.
        Assert.Equal(TinyTexts.Vector(mean: true, 0, 4, 5, 6, 8, 9, 3, 2), vector, Near);
    }

    [Fact]
    public async Task SentencePieces_own_file_is_read_with_the_numbers_of_XLM_RoBERTa()
    {
        TinyTexts.Write(_folder.FullName)
            .WithSentencePiece([.. _unigram.Select(piece => (piece.Item1, (float)piece.Item2))]);

        Assert.Equal(
            TinyTexts.Vector(mean: true, 0, 4, 5, 6, 8, 9, 3, 2), await VectorAsync("hello\nworld öx"), Near);
    }

    [Fact]
    public async Task A_text_is_cut_where_the_folder_says_and_ends_as_it_should()
    {
        TinyTexts.Write(_folder.FullName).WithWordPieces("a", "b")
            .With("sentence_bert_config.json", new { max_seq_length = 8 })
            .With("tokenizer_config.json", new { model_max_length = 1e30 })
            .With("config.json", new { max_position_embeddings = 512 });

        var vector = await VectorAsync("a b a b a b b b b b b");

        Assert.Equal(TinyTexts.Vector(mean: true, 2, 4, 5, 4, 5, 4, 5, 3), vector, Near);
    }

    [Fact]
    public void Any_text_has_a_vector_by_either_kind_of_pieces()
    {
        string[] texts =
            ["", "   ", "😀👍🏽", "\0", "half \ud83d of", new('a', 100_000), $"a{new string('\u0301', 9_000)}"];
        Action<TinyTexts>[] writers = [tiny => tiny.WithWordPieces("a"), tiny => tiny.WithUnigram(_unigram)];
        foreach (var write in writers)
        {
            write(TinyTexts.Write(_folder.FullName));
            using var model = EmbeddingFolder.Open(_folder.FullName, Pooling.Mean).Load().Model;

            Assert.All(texts, text => Assert.Equal(TinyTexts.Dimensions, model.Embed(text).Length));
        }
    }

    [Fact]
    public void A_missing_folder_or_file_is_named()
    {
        var path = Path.Combine(_folder.FullName, "none");
        Assert.Contains($"no folder {path}", Refusal(path), StringComparison.Ordinal);
        Assert.Contains("none of model.onnx", Refusal(), StringComparison.Ordinal);

        var tiny = TinyTexts.Write(_folder.FullName);
        Assert.Contains("none of tokenizer.json, vocab.txt", Refusal(), StringComparison.Ordinal);

        tiny.WithWordPieces("a").With("model.onnx", "version https://git-lfs.github.com/spec/v1\n");
        Assert.Contains("model.onnx is a Git LFS pointer", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_are_cut_short_or_nonsense_are_refused_and_named()
    {
        var tiny = TinyTexts.Write(_folder.FullName).WithWordPieces("a");
        var whole = File.ReadAllBytes(tiny.PathOf("model.onnx"));
        foreach (var length in new[] { whole.Length / 2, whole.Length - 1, 10 })
        {
            File.WriteAllBytes(tiny.PathOf("model.onnx"), whole[..length]);
            Assert.Contains("model.onnx cannot be loaded", Refusal(), StringComparison.Ordinal);
        }

        File.WriteAllText(tiny.PathOf("model.onnx"), "nothing of the kind");
        Assert.Contains("model.onnx cannot be loaded", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_larger_than_the_free_memory_is_refused_with_both_numbers()
    {
        const long size = 1L << 42;
        var tiny = TinyTexts.Write(_folder.FullName).WithWordPieces("a");
        using (var data = File.Create(tiny.PathOf("model.onnx_data")))
        {
            data.SetLength(size); // It takes no room: nothing is written.
        }

        var all = size + new FileInfo(tiny.PathOf("model.onnx")).Length;
        Assert.Matches($"model.onnx has {all} bytes of weights, and [0-9]+ bytes of memory are free", Refusal());
    }

    [Fact]
    public void An_output_that_is_no_state_of_each_piece_is_refused()
    {
        TinyTexts.Write(_folder.FullName, graph =>
        {
            TinyTexts.Inputs(graph);
            graph.Weights("table", [.. TinyTexts.Table.SelectMany(row => row)], TinyTexts.Rows, TinyTexts.Dimensions);
            graph.Node("Gather", "table", "input_ids", "rows");
            graph.Node("ReduceMean", ["rows", graph.Whole("pieces_axis", 1, 1)], ["sentence"], ("keepdims", 0));
            graph.Output("sentence", DataType.Float, "batch", TinyTexts.Dimensions);
        }).WithWordPieces("a");

        Assert.Contains(
            "says [1, 16] of one piece; expected is [1, 1, dimensions]", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Claims_that_the_model_does_not_keep_are_refused()
    {
        var tiny = TinyTexts.Write(_folder.FullName).WithWordPieces("a").With("config.json", new { hidden_size = 32 });
        Assert.Contains("has 16 dimensions, and config.json says 32", Refusal(), StringComparison.Ordinal);

        // A vocabulary of another model: the table has no such row.
        tiny.With("config.json", "{}")
            .WithWordPieces([.. Enumerable.Range(0, TinyTexts.Rows).Select(i => $"word{i}")]);
        Assert.Contains("model.onnx fails on 2 pieces", Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tokenizer.json", "{\"model\":{\"type\":\"BPE\"}}", "'BPE' of tokenizer.json is neither")]
    [InlineData("tokenizer.json", "{\"model\":{\"type\":\"Unigram\"}}", "tokenizer.json cannot be used")]
    [InlineData("tokenizer.json", "{", "tokenizer.json is no JSON object")]
    [InlineData("vocab.txt", "[CLS]\n[SEP]\na\n", "vocab.txt has no piece [UNK]")]
    [InlineData("modules.json", "[{\"type\":\"sentence_transformers.models.Dense\"}]", "modules.json asks for a Dense")]
    [InlineData("1_Pooling/config.json", "{\"pooling_mode_max_tokens\":true}", "asks for max_tokens")]
    [InlineData("sentence_bert_config.json", "{\"max_seq_length\":2}", "sees 2 pieces of a text; the least is 8")]
    public void A_file_that_asks_for_what_cannot_be_had_is_named(string file, string content, string named)
    {
        TinyTexts.Write(_folder.FullName).WithWordPieces("a").With(file, content);

        Assert.Contains(named, Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_input_that_texts_do_not_have_is_refused_and_named()
    {
        TinyTexts.Write(_folder.FullName, graph =>
        {
            TinyTexts.States(graph);
            graph.Input("pixel_values", DataType.Float, "batch");
        }).WithWordPieces("a");

        Assert.Contains("model.onnx wants 'pixel_values'", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_of_NaN_is_refused_when_it_is_loaded()
    {
        TinyTexts.Write(_folder.FullName, graph => NaNs(graph, row: 4)).WithWordPieces("a");

        Assert.Contains("made a vector with NaN", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_of_arctic_makes_the_vectors_of_arctic()
    {
        using var arctic = new ArcticFolder();
        var (weights, vocabulary) = arctic.Files.Read();
        File.WriteAllBytes(Path.Combine(_folder.FullName, "model.onnx"), weights);
        File.WriteAllBytes(Path.Combine(_folder.FullName, "vocab.txt"), vocabulary);
        string[] texts =
        [
            "How do I get my money back?", "Straße, café & Ünïcode: 99,5 %", "日本語のテキスト", "naïve\u0301 😀 $5",
            string.Concat(Enumerable.Repeat("many words. ", 1_000)),
        ];

        using var model = EmbeddingFolder.Open(_folder.FullName, Pooling.Cls).Load().Model;

        var expected = await arctic.Embedder.GenerateAsync(texts, cancellationToken: Cancellation);
        Assert.Equal(expected.Select(vector => vector.Vector.ToArray()), texts.Select(model.Embed));
    }

    /// <summary>The states of one piece are NaN.</summary>
    internal static void NaNs(TinyGraph graph, int row)
    {
        TinyTexts.Inputs(graph);
        var rows = TinyTexts.Table.SelectMany((one, i) => i == row ? one.Select(_ => float.NaN) : one);
        graph.Weights("table", [.. rows], TinyTexts.Rows, TinyTexts.Dimensions);
        graph.Node("Gather", "table", "input_ids", "last_hidden_state");
        graph.Output("last_hidden_state", DataType.Float, "batch", "pieces", TinyTexts.Dimensions);
    }

    private static bool Near(float a, float b) => Math.Abs(a - b) < 1e-5;

    private async Task<float[]> VectorAsync(string text, Pooling pooling = Pooling.Mean)
    {
        using var embedder = FolderEmbedder.From(
            new() { Kind = "onnx-embedding", Folder = _folder.FullName, Pooling = pooling });
        return (await embedder.GenerateAsync([text], cancellationToken: Cancellation))[0].Vector.ToArray();
    }

    private string Refusal(string? path = null)
    {
        var message = Assert.Throws<ModelRefusedException>(() =>
        {
            using var model = EmbeddingFolder.Open(path ?? _folder.FullName, Pooling.Mean).Load().Model;
        }).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }
}
