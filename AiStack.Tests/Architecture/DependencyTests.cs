using System.Reflection;
using AiStack.ServiceDefaults.Errors;
using Xunit;

namespace AiStack.Tests.Architecture;

public sealed class DependencyTests
{
    private static readonly string[] _services = ["Gateway", "Ingest", "Retrieval", "Serving", "Evals", "Console"];

    public static TheoryData<string> AllServices => [.. _services];

    [Theory]
    [MemberData(nameof(AllServices))]
    public void No_service_references_another(string service)
    {
        var references = Assembly.Load($"AiStack.{service}").GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(name => name.StartsWith("AiStack.", StringComparison.Ordinal));

        Assert.Empty(references.Except(["AiStack.Contracts", "AiStack.ServiceDefaults", "AiStack.TextAnalysis"]));
    }

    [Fact]
    public void Contracts_need_no_package_and_no_other_project()
    {
        var references = Assembly.Load("AiStack.Contracts").GetReferencedAssemblies()
            .Select(reference => reference.Name!);

        Assert.All(references, name => Assert.StartsWith("System", name, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_fault_has_a_status_and_an_OpenAI_error()
    {
        foreach (var code in Enum.GetValues<AiStack.Contracts.FaultCode>())
        {
            Assert.InRange(FaultResults.Status(code), 400, 599);
            Assert.NotEmpty(OpenAiError.From(new(code, "It failed.")).Error.Type);
        }
    }
}
