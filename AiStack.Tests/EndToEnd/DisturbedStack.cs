using Xunit;

namespace AiStack.Tests.EndToEnd;

/// <summary>
/// The tests that kill and stop parts of a stack share one, which each puts right again; so they run one after another.
/// </summary>
[CollectionDefinition(Name)]
public sealed class DisturbedStack : ICollectionFixture<HostStack>
{
    public const string Name = "Disturbed stack";
}
