using AiStack.Console.Charts;

namespace AiStack.Console.Overview;

/// <summary>One number at a glance.</summary>
/// <param name="Note">What else to know of it: over which time, of how many.</param>
/// <param name="Href">The page that explains it; <c>null</c> while there is none.</param>
public sealed record Tile(string Title, string Figure, string Note, string? Href)
{
    public ChartContent Chart { get; init; } = ChartContent.Empty;

    /// <summary>Of the chart's values.</summary>
    public string? Unit { get; init; }

    /// <summary>Whether it needs a look.</summary>
    public bool IsBad { get; init; }
}
