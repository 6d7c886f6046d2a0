using System.Text.Json.Nodes;
using AiStack.Serving.Engines.GenAi;
using Xunit;

namespace AiStack.Tests.Serving.GenAi;

/// <summary>Folders that cannot be used are refused with one line that says why.</summary>
public sealed class ModelFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aistack-model-");

    public ModelFolderTests() => TinyModel.WriteRandom(_folder.FullName);

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("genai_config.json")]
    [InlineData("model.onnx")]
    [InlineData("tokenizer.json")]
    [InlineData("tokenizer_config.json")]
    public void A_missing_file_is_named(string file)
    {
        File.Delete(PathOf(file));
        Assert.Contains($"{file} is missing or empty", Refusal(), StringComparison.Ordinal);

        File.WriteAllText(PathOf(file), "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n");
        Assert.Contains($"{file} is a Git LFS pointer", Refusal(), StringComparison.Ordinal);

        Assert.Contains(
            "/no/such", Assert.Throws<ModelRefusedException>(() => ModelFolder.Open("/no/such")).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("num_key_value_heads", 4, TinyModel.KvHeads)]
    [InlineData("head_size", 32, TinyModel.RandomHidden / 4)]
    [InlineData("num_hidden_layers", 3, TinyModel.Layers)]
    [InlineData("num_hidden_layers", 1, TinyModel.Layers)]
    [InlineData("vocab_size", 640, TinyTokenizer.VocabularySize)]
    [InlineData("vocab_size", 160, TinyTokenizer.VocabularySize)]
    public void A_claim_that_the_model_does_not_keep_is_found_before_it_is_loaded(string claim, int claimed, int actual)
    {
        ChangeConfiguration(model => (claim == "vocab_size" ? model : model["decoder"]!)[claim] = claimed);

        Assert.Contains($"{claim} is {claimed}, and the model's is {actual}", Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("genai_config.json", "{")]
    [InlineData("genai_config.json", "{\"model\":{\"decoder\":{\"filename\":\"model.onnx\"}}}")]
    [InlineData("tokenizer.json", "{\"model\":{\"vocab\":7}}")]
    [InlineData("tokenizer.json", "nothing")]
    [InlineData("model.onnx", "nothing")]
    public void A_damaged_file_is_refused_in_one_line(string file, string content)
    {
        File.WriteAllText(PathOf(file), content);

        Assert.DoesNotContain('\n', Refusal());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"model\":{}}")]
    [InlineData("{\"model\":[]}")]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"vocab\":{}}}")]
    public void A_tokenizer_without_its_words_is_found_before_it_is_loaded(string tokenizer)
    {
        File.WriteAllText(PathOf("tokenizer.json"), tokenizer);

        Assert.Contains(
            "tokenizer.json lacks model.vocab or model.merges",
            Assert.Throws<ModelRefusedException>(() => ModelFolder.Open(_folder.FullName)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_was_cut_off_is_refused()
    {
        var whole = File.ReadAllBytes(PathOf("model.onnx"));
        File.WriteAllBytes(PathOf("model.onnx"), whole[..(whole.Length / 2)]);

        Assert.Contains("model.onnx cannot be read", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_the_runtime_does_not_know_is_refused()
    {
        ChangeConfiguration(model => model["type"] = "abacus");

        Assert.Contains("ONNX Runtime GenAI cannot run it", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_larger_than_the_memory_is_refused_with_both_numbers()
    {
        const long size = 1L << 42;
        using (var data = File.Create(PathOf("model.onnx.data")))
        {
            data.SetLength(size); // It takes no room: nothing is written.
        }

        var weights = size + new FileInfo(PathOf("model.onnx")).Length;
        Assert.Matches($"its weights have {weights} bytes, and [0-9]+ bytes of memory are free", Refusal());
    }

    [Fact]
    public void A_model_without_a_chat_template_is_refused()
    {
        var configuration = JsonNode.Parse(File.ReadAllText(PathOf("tokenizer_config.json")))!;
        configuration.AsObject().Remove("chat_template");
        File.WriteAllText(PathOf("tokenizer_config.json"), configuration.ToJsonString());

        Assert.NotEmpty(Refusal());
    }

    private string Refusal()
    {
        var refused = Assert.Throws<ModelRefusedException>(() =>
        {
            Trials.Usual.Run(ModelFolder.Open(_folder.FullName), TestContext.Current.CancellationToken);
        });
        return refused.Message;
    }

    private void ChangeConfiguration(Action<JsonNode> change)
    {
        var configuration = JsonNode.Parse(File.ReadAllText(PathOf("genai_config.json")))!;
        change(configuration["model"]!);
        File.WriteAllText(PathOf("genai_config.json"), configuration.ToJsonString());
    }

    private string PathOf(string file) => Path.Combine(_folder.FullName, file);
}
