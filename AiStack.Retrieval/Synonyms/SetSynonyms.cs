using System.Text.Json;
using AiStack.Contracts;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.TextAnalysis;
using AiStack.TextAnalysis.Synonyms;
using Npgsql;

namespace AiStack.Retrieval.Synonyms;

/// <summary>Sets a store's synonyms as a whole. They count from the next search on; nothing is indexed anew.</summary>
internal static class SetSynonyms
{
    public const int MaxRules = 1_000;
    public const int MaxRuleLength = 500;

    public static async Task<IResult> HandleAsync(
        string id,
        Request request,
        Caller caller,
        NpgsqlDataSource database,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (Check(request) is { } wrong)
        {
            return wrong.ToResult();
        }

        var synonyms = new StoreSynonyms(
            request.Rules ?? [], request.Language ?? Languages.English.Code, request.Everyday ?? true);
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (!(await StoreRows.FindToChangeAsync(connection, id, cancellationToken))
            .TryGet(out var store, out var fault))
        {
            return fault.ToResult();
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Another version, too: answers that were kept are not given again.
        await connection.BumpVersionAsync(store, time.GetUtcNow(), cancellationToken);
        await connection.ExecuteAsync(
            $"""
            update retrieval.vector_store
            set synonyms = {JsonSerializer.Serialize(synonyms, JsonDefaults.Options)}::jsonb,
                synonyms_at = clock_timestamp()
            where id = {store}
            """, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Ok(synonyms);
    }

    private static Fault? Check(Request request)
    {
        if (request.Language is { } language && Languages.Find(language) is null)
        {
            return new(
                FaultCode.InvalidArgument, $"'language' must be an ISO 639-1 code that is known here, such as 'en'.",
                "language");
        }

        if (request.Rules is not { } rules)
        {
            return null;
        }

        if (rules.Count > MaxRules)
        {
            return new(FaultCode.InvalidArgument, $"'rules' has more than {MaxRules} rules, the limit.", "rules");
        }

        return rules.Index().Select(rule => CheckRule($"rules[{rule.Index}]", rule.Item))
            .FirstOrDefault(fault => fault is not null);
    }

    private static Fault? CheckRule(string field, string? rule) => rule switch
    {
        null => new(FaultCode.InvalidArgument, $"'{field}' must be a string.", field),
        { Length: > MaxRuleLength } => new(
            FaultCode.InvalidArgument, $"'{field}' is longer than {MaxRuleLength} characters, the limit.", field),
        _ when SynonymRules.Problem(rule) is { } problem => new(
            FaultCode.InvalidArgument, $"'{field}' {problem}", field),
        _ => null,
    };

    /// <param name="Rules">Up to 1,000, each of up to 500 characters; none unless said.</param>
    /// <param name="Language">Of the rules: <c>en</c> unless said.</param>
    /// <param name="Everyday">Whether AiStack's own list counts, too: it does unless said.</param>
    internal sealed record Request(
        IReadOnlyList<string>? Rules = null, string? Language = null, bool? Everyday = null);
}
