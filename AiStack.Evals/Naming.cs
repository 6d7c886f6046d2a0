using AiStack.Contracts;

namespace AiStack.Evals;

/// <summary>The rules for what callers attach to evals and runs: OpenAI's, for names and metadata.</summary>
internal static class Naming
{
    public const int MaxNameLength = 256;
    public const int MaxPairs = 16;
    public const int MaxKeyLength = 64;
    public const int MaxValueLength = 512;

    public static Fault? FindFault(string? name, IReadOnlyDictionary<string, string>? metadata)
    {
        // Postgres has no text with a NUL in it.
        if (name is { Length: 0 or > MaxNameLength } || name?.Contains('\0', StringComparison.Ordinal) == true)
        {
            return new(FaultCode.InvalidArgument, $"'name' must be a text of 1 to {MaxNameLength} characters.", "name");
        }

        return metadata is null || IsValid(metadata)
            ? null
            : new(
                FaultCode.InvalidArgument,
                $"'metadata' has at most {MaxPairs} pairs, keys of at most {MaxKeyLength} and values of at most "
                + $"{MaxValueLength} characters.",
                "metadata");
    }

    private static bool IsValid(IReadOnlyDictionary<string, string> metadata) =>
        metadata.Count <= MaxPairs
        && metadata.All(pair => pair is { Key.Length: > 0 and <= MaxKeyLength, Value.Length: <= MaxValueLength })
        && !metadata.Any(pair => pair.Key.Contains('\0', StringComparison.Ordinal)
            || pair.Value.Contains('\0', StringComparison.Ordinal));
}
