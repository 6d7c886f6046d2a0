using AiStack.Contracts;

namespace AiStack.Ingest.Files;

/// <summary>What a file may be called and be for, however it arrives.</summary>
internal static class FileRules
{
    public const int MaxNameLength = 512;

    /// <summary>OpenAI's purposes. What a file is for doesn't change what can be done with it here.</summary>
    private static readonly string[] _purposes =
    [
        "assistants", "batch", "fine-tune", "vision", "user_data", "evals", "assistants_output", "batch_output",
        "fine-tune-results",
    ];

    public static Fault? CheckPurpose(string? purpose) => _purposes.Contains(purpose)
        ? null
        : new(FaultCode.InvalidArgument, $"'purpose' must be one of: {string.Join(", ", _purposes)}.", "purpose");

    /// <summary>The file's name without its folders; null when that is no name.</summary>
    public static string? Name(string? path)
    {
        // Some clients send a path, of either system; what follows the last separator is the name.
        var name = path?[(path.LastIndexOfAny(['/', '\\']) + 1)..].Trim() ?? "";
        return name.Length is 0 or > MaxNameLength || name.Any(char.IsControl) ? null : name;
    }

    public static Fault BadName(string parameter) => new(
        FaultCode.InvalidArgument,
        $"The file's name must have 1 to {MaxNameLength} characters, and no control characters.",
        parameter);

    public static Fault ExpiryUnsupported() => new(
        FaultCode.InvalidArgument, "Files do not expire here: leave 'expires_after' out.", "expires_after");
}
