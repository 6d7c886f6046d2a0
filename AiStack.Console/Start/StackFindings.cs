using AiStack.Console.Files;
using AiStack.Contracts;

namespace AiStack.Console.Start;

/// <summary>What was found when the stack was last asked.</summary>
/// <param name="Stores"><c>null</c> until it is known.</param>
/// <param name="Fault">Why files and stores could not be counted; what was counted before stays.</param>
public sealed record StackFindings(
    IReadOnlyList<LayerState> Layers, int Files, bool HasMoreFiles, IReadOnlyList<StoreView>? Stores, Fault? Fault)
{
    public static StackFindings None { get; } = new([], 0, false, null, null);

    public StoreView? Samples => Stores?.FirstOrDefault(store => store.Name == SampleLoader.StoreName);
}
