using AiStack.Console.Files;

namespace AiStack.Console.Stores;

/// <summary>A file of a store that a person should look at, and why.</summary>
public sealed record Problem(string Id, string Name, bool HasFailed, string Reason, DateTimeOffset Added)
{
    public static Problem Of(StoreFileView file, string? name) => new(
        file.Id,
        name ?? file.Id,
        file.Status == "failed",
        file.LastError?.Message ?? string.Join(", ", (file.Warnings ?? []).Select(InWords)),
        DateTimeOffset.FromUnixTimeSeconds(file.CreatedAt));

    /// <summary>A report's code as people read it.</summary>
    public static string InWords(string code) => code.Replace('_', ' ');
}
