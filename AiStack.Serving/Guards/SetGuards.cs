using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Serving.Guards;

/// <summary>
/// Sets the policy of the caller's project as a whole: what is left out is off. Every process goes by it within a
/// second.
/// </summary>
internal static class SetGuards
{
    private const int MaxPhrases = 200;
    private const int MaxPhraseLength = 100;
    private const int LeastPhraseLength = 2;
    private const int MaxSize = 10_000_000;

    public static async Task<IResult> HandleAsync(
        GuardPolicy policy,
        Caller caller,
        ProjectGuards guards,
        NpgsqlDataSource database,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (Check(policy) is { } wrong)
        {
            return wrong.ToResult();
        }

        var kept = new KeptPolicy(policy.Whole(), time.GetUtcNow(), caller.KeyId?.ToString() ?? "service");
        await using (var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken))
        {
            await connection.ExecuteAsync(
                $"""
                insert into serving.guard_policy (project_id, policy, updated_at, updated_by)
                values ({caller.ProjectId}, {JsonSerializer.Serialize(kept.Policy, JsonDefaults.Options)}::jsonb,
                        {kept.UpdatedAt}, {kept.UpdatedBy})
                on conflict (project_id) do update
                set policy = excluded.policy, updated_at = excluded.updated_at, updated_by = excluded.updated_by
                """,
                cancellationToken);
        }

        await guards.ForgetAsync(caller.ProjectId);
        return TypedResults.Ok(GuardsObject.Of(kept));
    }

    /// <summary>Why it is none; null when it is one.</summary>
    public static Fault? Check(GuardPolicy policy)
    {
        foreach (var (field, word) in Actions(policy.Whole()))
        {
            if (GuardActions.Read(word) is null)
            {
                return Invalid($"'{field}' must be 'off', 'flag', 'mask' or 'block'.", field);
            }
        }

        return CheckTopics(policy.Topics) ?? CheckSize(policy.Size);
    }

    private static Fault? CheckTopics(TopicRule? topics)
    {
        const string Field = "topics.phrases";
        if (topics?.Phrases is not { Count: > 0 } phrases)
        {
            return topics is { Input: not GuardActions.Off } or { Passages: not GuardActions.Off }
                or { Output: not GuardActions.Off }
                ? Invalid($"'{Field}' is missing: the words that are not to be spoken of.", Field)
                : null;
        }

        return phrases.Count > MaxPhrases
                ? Invalid($"'{Field}' has {phrases.Count} entries; the limit is {MaxPhrases}.", Field)
            : !phrases.All(IsPhrase)
                ? Invalid(
                    $"Each entry of '{Field}' must have {LeastPhraseLength} to {MaxPhraseLength} characters, with a "
                    + "letter or a digit at both ends.",
                    Field)
            : null;
    }

    private static bool IsPhrase(string? phrase) => phrase?.Trim() is { Length: >= LeastPhraseLength } text
        && text.Length <= MaxPhraseLength && char.IsLetterOrDigit(text[0]) && char.IsLetterOrDigit(text[^1])
        && !text.Any(char.IsControl);

    private static Fault? CheckSize(SizeRule? size) => size switch
    {
        null or { Input: GuardActions.Off, MaxCharacters: null } => null,
        { Input: GuardActions.Mask } =>
            Invalid("'size.input' must be 'off', 'flag' or 'block': nothing of a size can be masked.", "size.input"),
        { MaxCharacters: >= 1 and <= MaxSize } => null,
        _ => Invalid($"'size.max_characters' must be a number from 1 to {MaxSize}.", "size.max_characters"),
    };

    private static IEnumerable<(string Field, string Word)> Actions(GuardPolicy policy) =>
    [
        .. Places(GuardNames.Pii, policy.Pii!),
        .. Places(GuardNames.Secrets, policy.Secrets!),
        .. Places(GuardNames.Topics, policy.Topics!),
        ("injection.input", policy.Injection!.Input),
        ("injection.passages", policy.Injection.Passages),
        ("size.input", policy.Size!.Input),
    ];

    private static IEnumerable<(string Field, string Word)> Places(string guard, GuardRule rule) =>
        Enum.GetValues<GuardPlace>().Select(place => ($"{guard}.{place.Word()}", rule.At(place)));

    private static Fault Invalid(string message, string field) => new(FaultCode.InvalidArgument, message, field);
}
