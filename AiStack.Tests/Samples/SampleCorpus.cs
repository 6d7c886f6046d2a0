using System.Text.Json;
using AiStack.Tests.Fixtures;

namespace AiStack.Tests.Samples;

/// <summary>The corpus in samples/, as its manifest and questions describe it.</summary>
internal static class SampleCorpus
{
    // First, because the initializers below run in this order and read it.
    private static readonly JsonSerializerOptions _names = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    public static string Folder { get; } = Path.Combine(Repository.Root, "samples");

    public static IReadOnlyList<SampleDocument> Documents { get; } = JsonSerializer.Deserialize<List<SampleDocument>>(
        File.ReadAllText(Path.Combine(Folder, "manifest.json")), _names)!;

    public static IReadOnlyList<SampleQuestion> Questions { get; } =
    [
        .. File.ReadLines(Path.Combine(Folder, "questions.jsonl"))
            .Select(line => JsonSerializer.Deserialize<SampleQuestion>(line, _names)!),
    ];

    /// <summary>The documents in the folder, whatever the manifest says; paths as the manifest writes them.</summary>
    public static IReadOnlyList<string> PathsOnDisk { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(Folder, "documents"), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Folder, file).Replace(Path.DirectorySeparatorChar, '/')),
    ];
}

internal sealed record SampleDocument(string Path, string Title, string MediaType);

internal sealed record SampleQuestion(
    string Question, string? Source, string? Filename, string? Answer, bool Answerable);
