using System.Text.RegularExpressions;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Architecture;

/// <summary>The names by which services report are a contract, and a contract is written down.</summary>
public sealed partial class TelemetryDocumentTests
{
    [Fact]
    public void Every_metric_is_in_the_document_and_the_document_names_no_other()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs/telemetry.md"));

        var made = Directory.EnumerateDirectories(Repository.Root, "AiStack.*")
            .Where(project => !project.EndsWith("AiStack.Tests", StringComparison.Ordinal))
            .SelectMany(project => Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories))
            .SelectMany(path => Instrument().Matches(File.ReadAllText(path)).Select(match => match.Groups[1].Value))
            .ToHashSet();
        var named = Row().Matches(document).Select(match => match.Groups[1].Value)
            .Where(name => !name.StartsWith("gen_ai.client", StringComparison.Ordinal));

        Assert.NotEmpty(made);
        Assert.Equal(made.Order(), named.Order());
    }

    [GeneratedRegex(@"Create(?:Counter|Histogram|UpDownCounter|ObservableGauge)(?:<\w+>)?\(\s*""([a-z_.]+)""")]
    private static partial Regex Instrument();

    [GeneratedRegex(@"^\| `([a-z_.]+)` \| \S+ \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
