using ArchUnitNET.Loader;
using Xunit;
using static ArchUnitNET.Fluent.Slices.SliceRuleDefinition;

namespace AiStack.Tests.Architecture;

/// <summary>The folders of a program depend one way, so that each can be read from the bottom up.</summary>
public sealed class FolderTests
{
    public static TheoryData<string> Programs =>
    [
        "AppHost", "Migrations", "Contracts", "ServiceDefaults", "Gateway", "Ingest", "Retrieval", "Serving", "Evals",
        "Console",
    ];

    [Theory]
    [MemberData(nameof(Programs))]
    public void No_circle_of_folders(string program)
    {
        var assembly = System.Reflection.Assembly.Load($"AiStack.{program}");
        var architecture = new ArchLoader().LoadAssemblies(assembly).Build();

        var circles = Slices().Matching($"AiStack.{program}.(*)").Should().BeFreeOfCycles()
            .Evaluate(architecture).Where(result => !result.Passed).Select(result => result.Description);

        Assert.True(!circles.Any(), string.Join("\n", circles));
    }
}
