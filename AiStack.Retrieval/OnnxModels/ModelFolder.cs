using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiStack.ServiceDefaults;

namespace AiStack.Retrieval.OnnxModels;

/// <summary>
/// A folder as sentence-transformers and Hugging Face lay it out, with its model in ONNX's format. What is missing or
/// wrong is a <see cref="ModelRefusedException"/>.
/// </summary>
internal sealed class ModelFolder
{
    /// <summary>Attention grows with the square of the length: past this a text takes gigabytes.</summary>
    public const int MaxTokens = 2_048;

    private const int MinTokens = 8;
    private const int DefaultTokens = 512;
    private const string PointerBegin = "version https://git-lfs";

    /// <summary>Where exporters put the model.</summary>
    private static readonly string[] _models = ["model.onnx", "onnx/model.onnx", "onnx/model_quantized.onnx"];

    private ModelFolder(string path, string model) => (Path, Model) = (path, model);

    public string Path { get; }

    /// <summary>The model's file, below the folder.</summary>
    public string Model { get; }

    /// <summary>The folder's own name, by which callers know the model.</summary>
    public string Name => new DirectoryInfo(Path).Name;

    /// <summary>Opens the folder: its model is there, and fits the memory that is free.</summary>
    public static ModelFolder Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        if (!Directory.Exists(full))
        {
            throw new ModelRefusedException($"there is no folder {full}");
        }

        var model = _models.FirstOrDefault(name => File.Exists(System.IO.Path.Combine(full, name)))
            ?? throw new ModelRefusedException($"{full} has none of {string.Join(", ", _models)}");
        var folder = new ModelFolder(full, model);
        folder.Require(model);
        var weights = folder.Weights().Sum(file => file.Length);
        var free = FreeMemory.Bytes();
        return weights <= free
            ? folder
            : throw new ModelRefusedException(
                $"{model} has {weights} bytes of weights, and {free} bytes of memory are free");
    }

    public string PathOf(string file) => System.IO.Path.Combine(Path, file);

    public bool Has(string file) => File.Exists(PathOf(file));

    /// <summary>The file is there, and itself.</summary>
    public void Require(string name)
    {
        var file = new FileInfo(PathOf(name));
        if (!file.Exists || file.Length == 0)
        {
            throw new ModelRefusedException($"{name} is missing or empty in {Path}");
        }

        using var reader = file.OpenText();
        var begin = new char[PointerBegin.Length];
        if (reader.ReadBlock(begin) == begin.Length && begin.AsSpan().SequenceEqual(PointerBegin))
        {
            throw new ModelRefusedException($"{name} is a Git LFS pointer and not the file itself: run 'git lfs pull'");
        }
    }

    /// <summary>A JSON object; null where there is no such file.</summary>
    public JsonObject? ReadJson(string file)
    {
        try
        {
            return Has(file) ? JsonNode.Parse(File.ReadAllBytes(PathOf(file)))!.AsObject() : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new ModelRefusedException($"{file} is no JSON object: {exception.Message}", exception);
        }
    }

    /// <summary>A number of a JSON file; null where it is not there or no sensible number.</summary>
    public int? ReadNumber(string file, string name) =>
        ReadJson(file)?[name] is JsonValue value && value.TryGetValue(out double number) && number is > 0 and < 1e9
            ? (int)number
            : null;

    /// <summary>How many pieces of a text the model sees: the least that a file says, up to the limit.</summary>
    public int TokensOfText()
    {
        // RoBERTa's positions begin after that of the padding.
        var reserved = ReadJson("config.json")?["model_type"]?.ToString() is "xlm-roberta" or "roberta" ? 2 : 0;
        var least = new[]
        {
            ReadNumber("sentence_bert_config.json", "max_seq_length"),
            ReadNumber("tokenizer_config.json", "model_max_length"),
            ReadNumber("config.json", "max_position_embeddings") - reserved,
        }.Min() ?? DefaultTokens;
        return least >= MinTokens
            ? Math.Min(least, MaxTokens)
            : throw new ModelRefusedException(
                $"by its files the model sees {least} pieces of a text; the least is {MinTokens}");
    }

    /// <summary>Changes with all that changes what the model says.</summary>
    public string Fingerprint(params string[] otherFiles)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        foreach (var file in Weights().Concat(otherFiles.Where(Has).Select(name => new FileInfo(PathOf(name)))))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Name}:{file.Length}\n"));
            using var content = file.OpenRead();
            for (int read; (read = content.Read(buffer)) > 0;)
            {
                hash.AppendData(buffer, 0, read);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..8];
    }

    /// <summary>The model's file, and those beside it that hold its weights.</summary>
    private IEnumerable<FileInfo> Weights()
    {
        var model = new FileInfo(PathOf(Model));
        return model.Directory!.EnumerateFiles($"{model.Name}*").OrderBy(file => file.Name, StringComparer.Ordinal);
    }
}
