using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Architecture;

/// <summary>What the source says about itself where no compiler looks.</summary>
public sealed class SourceTests
{
    private const int MaxLineLength = 120;

    private static readonly HashSet<string> _languages = [".cs", ".razor", ".js", ".mjs", ".css", ".sh"];

    // Built, fetched or made by a tool: not for people to read.
    private static readonly HashSet<string> _notOurs =
        ["bin", "obj", "artifacts", "node_modules", "TestResults", "AiStack.Console/wwwroot/lib"];

    [Fact]
    public void No_line_of_code_is_longer_than_120_characters()
    {
        var files = FilesIn(Repository.Root)
            .Where(path => _languages.Contains(Path.GetExtension(path)))
            .ToArray();

        var tooLong = files
            .SelectMany(path => File.ReadLines(path).Index()
                .Where(line => line.Item.Length > MaxLineLength)
                .Select(line => $"{Name(path)}:{line.Index + 1} has {line.Item.Length}"))
            .ToArray();

        Assert.Contains(files, path => Name(path) == "AiStack.Tests/Architecture/SourceTests.cs");
        Assert.True(tooLong.Length == 0, $"Longer than {MaxLineLength} characters:\n{string.Join('\n', tooLong)}");
    }

    private static IEnumerable<string> FilesIn(string folder) => Directory.EnumerateFiles(folder)
        .Concat(Directory.EnumerateDirectories(folder).Where(IsOurs).SelectMany(FilesIn));

    private static bool IsOurs(string folder) =>
        !Path.GetFileName(folder).StartsWith('.')
        && !_notOurs.Contains(Path.GetFileName(folder))
        && !_notOurs.Contains(Name(folder));

    /// <summary>The path as a person in the repository writes it.</summary>
    private static string Name(string path) => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/');
}
