using System.Text.Json;
using AiStack.Contracts;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.TextAnalysis.Recognisers;
using Npgsql;

namespace AiStack.Retrieval.Privacy;

/// <summary>
/// Sets a store's policy as a whole. What the store gives is masked, or has stand-ins, from that moment on; its files
/// are indexed anew, so that nothing is found by what is covered, and what is blocked leaves. It is the policy of the
/// store's snapshots, too.
/// </summary>
internal static class SetPrivacy
{
    private static readonly string[] _actions =
        [PrivacyPolicy.Report, PrivacyPolicy.Mask, PrivacyPolicy.Pseudonymise, PrivacyPolicy.Block];

    public static async Task<IResult> HandleAsync(
        string id,
        Request request,
        Caller caller,
        NpgsqlDataSource database,
        StandInKeys keys,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (Check(request) is { } wrong)
        {
            return wrong.ToResult();
        }

        var policy = new PrivacyPolicy(
            request.Default ?? PrivacyPolicy.Report, request.Kinds ?? new Dictionary<string, string>())
        {
            StandIns = keys.Of(caller.ProjectId),
        };
        policy = policy with { Key = policy.Pseudonymises ? policy.StandIns.Fingerprint : null };
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
            set privacy = {JsonSerializer.Serialize(policy, JsonDefaults.Options)}::jsonb,
                version = version + case when snapshot_of is null then 0 else 1 end
            where id in (
                select id
                from retrieval.vector_store
                where id = {store} or snapshot_of = {store}
                order by id
                for update)
            """, cancellationToken);
        // What was blocked in a snapshot is tried again: nobody can have it read again there.
        await connection.ExecuteAsync(
            $"""
            update retrieval.store_file
            set state = 'completed', error_code = null, error_message = null
            where vector_store_id in (
                    select id from retrieval.vector_store
                    where snapshot_of = {store} and snapshot_kind <> 'reprocessing')
              and state = 'failed' and revision_id is not null and removed_at is null
            """, cancellationToken, StatementLimits.Long);
        var files = await StoreSetting.CompletedAsync(
            connection, store, withSnapshots: true, cancellationToken);
        await StoreSetting.IndexAnewAsync(connection, caller.ProjectId, files, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Ok(PrivacyObject.Of(policy));
    }

    private static Fault? Check(Request request)
    {
        foreach (var (field, action) in (request.Kinds ?? new Dictionary<string, string>())
            .Select(kind => ($"kinds.{kind.Key}", kind.Value)).Prepend(("default", request.Default ?? "report")))
        {
            if (!_actions.Contains(action))
            {
                return new(
                    FaultCode.InvalidArgument,
                    $"'{field}' must be 'report', 'mask', 'pseudonymise' or 'block'.",
                    field);
            }
        }

        return request.Kinds?.Keys.FirstOrDefault(kind => !DocumentDetails.Kinds.Contains(kind)) is { } unknown
            ? new(
                FaultCode.InvalidArgument,
                $"'{unknown}' is no kind that is recognised; these are: {string.Join(", ", DocumentDetails.Kinds)}.",
                "kinds")
            : null;
    }

    /// <param name="Default">What is done with the kinds that are not named: <c>report</c> unless said.</param>
    /// <param name="Kinds"><c>report</c>, <c>mask</c>, <c>pseudonymise</c> or <c>block</c> by kind.</param>
    internal sealed record Request(string? Default = null, IReadOnlyDictionary<string, string>? Kinds = null);
}
