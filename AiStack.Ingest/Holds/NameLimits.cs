using AiStack.Contracts;

namespace AiStack.Ingest.Holds;

/// <summary>How people and reasons are named in erasures and holds, and what is refused.</summary>
internal static class NameLimits
{
    /// <summary>Ways to name one person.</summary>
    public const int MaxNames = 20;

    /// <summary>One letter, or a sign, is in every text.</summary>
    public const int MinNameLetters = 2;

    public const int MaxNameLength = 200;

    public const int MaxUserLength = 1_000;

    public const int MaxReasonLength = 1_000;

    /// <summary>Null when they can be looked for.</summary>
    public static Fault? CheckNames(IReadOnlyList<string>? names) => names switch
    {
        null or [] or { Count: > MaxNames } => Wrong(
            $"'identifiers' must have 1 to {MaxNames} names, addresses or numbers of one person.", "identifiers"),
        _ when names.Any(name => name is null || name.Length > MaxNameLength
            || name.Count(char.IsLetterOrDigit) < MinNameLetters || name.Contains('\0', StringComparison.Ordinal)) =>
            Wrong(
                $"Each of 'identifiers' must have at least {MinNameLetters} letters or digits, and at most "
                + $"{MaxNameLength} characters.", "identifiers"),
        _ => null,
    };

    public static Fault? CheckUser(string? user) =>
        string.IsNullOrWhiteSpace(user) || user.Length > MaxUserLength || user.Contains('\0', StringComparison.Ordinal)
            ? Wrong($"'user' must be a name of 1 to {MaxUserLength} characters.", "user")
            : null;

    public static Fault? CheckReason(string? reason) =>
        string.IsNullOrWhiteSpace(reason) || reason.Length > MaxReasonLength
            || reason.Contains('\0', StringComparison.Ordinal)
            ? Wrong($"'reason' must be a text of 1 to {MaxReasonLength} characters.", "reason")
            : null;

    public static Fault Wrong(string message, string parameter) =>
        new(FaultCode.InvalidArgument, message, parameter);
}
