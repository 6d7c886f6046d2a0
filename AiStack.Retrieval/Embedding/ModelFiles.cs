using System.Security.Cryptography;
using System.Text;

namespace AiStack.Retrieval.Embedding;

/// <summary>
/// A packaged model's files on this machine: made from the package once a user, shared by all checkouts, and made again
/// when one of them is not what it should be, such as cut short.
/// </summary>
internal sealed class ModelFiles(string folder, ModelPackage package)
{
    public string WeightsPath { get; } = Path.Combine(folder, $"{package.Model.Name}-int8-1.onnx");

    public string VocabularyPath { get; } = Path.Combine(folder, $"{package.Model.Name}-vocab.txt");

    private string LicencePath { get; } = Path.Combine(folder, $"{package.Model.Name}-LICENSE");

    /// <summary>The weights and the vocabulary, as they were made once on whatever machine.</summary>
    public (byte[] Weights, byte[] Vocabulary) Read()
    {
        var weights = ReadOrNull(WeightsPath, package.Model.RoundedHash);
        var vocabulary = ReadOrNull(VocabularyPath, PackagedModel.VocabularyHash);
        if (weights is not null && vocabulary is not null)
        {
            return (weights, vocabulary);
        }

        Directory.CreateDirectory(folder);
        vocabulary = package.ReadVocabulary();
        weights = OnnxRounding.ToInt8(package.ReadWeights());
        Write(LicencePath, Licence());
        Write(VocabularyPath, vocabulary);
        Write(WeightsPath, weights);
        return (weights, vocabulary);
    }

    private byte[] Licence()
    {
        using var text = typeof(ModelFiles).Assembly.GetManifestResourceStream("apache-2.0.txt")!;
        using var reader = new StreamReader(text);
        return Encoding.UTF8.GetBytes(package.Model.Notice + reader.ReadToEnd());
    }

    private static byte[]? ReadOrNull(string path, string hash)
    {
        var bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        return Convert.ToHexStringLower(SHA256.HashData(bytes)) == hash ? bytes : null;
    }

    /// <summary>Atomic: two programs may write it at once, and one may be ended meanwhile.</summary>
    private static void Write(string path, byte[] bytes)
    {
        var unfinished = $"{path}.{Environment.ProcessId}.unfinished";
        File.WriteAllBytes(unfinished, bytes);
        File.Move(unfinished, path, overwrite: true);
    }
}
