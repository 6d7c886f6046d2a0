using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Erasures;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Ingest.Holds;

/// <summary>Lists legal holds, those that were released too, newest first.</summary>
internal static class ListHolds
{
    public static async Task<IResult> HandleAsync(
        [AsParameters] PageQuery query, Caller caller, NpgsqlDataSource database, ErasureSecrets secrets,
        CancellationToken cancellationToken)
    {
        if (!query.Read<LegalHold>(newestFirst: true).TryGet(out var page, out var fault))
        {
            return fault.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var holds = await connection.ListAsync(
            $"""
            select id, subject, subject_id, names, reason, created_by, created_at, released_by, released_at,
                   release_reason
            from ingest.legal_hold
            where ({page.NewerThan}::uuid is null or id > {page.NewerThan})
              and ({page.OlderThan}::uuid is null or id < {page.OlderThan})
            order by id {page.Direction}
            limit {page.Rows}
            """,
            row => HoldObject.Read(row, secrets),
            cancellationToken);
        return TypedResults.Ok(page.Of(holds, hold => hold.Id.ToString()));
    }
}

/// <summary>Ends a legal hold. That it stood, and why, is remembered; whom it was about is not.</summary>
internal static class ReleaseHold
{
    public static async Task<IResult> HandleAsync(
        string id, Request request, Caller caller, NpgsqlDataSource database, ErasureSecrets secrets,
        TimeProvider time, CancellationToken cancellationToken)
    {
        if (NameLimits.CheckReason(request.Reason) is { } fault)
        {
            return fault.ToResult();
        }

        var missing = new Fault(FaultCode.NotFound, $"There is no legal hold '{id}' that stands.", "id");
        if (!Id<LegalHold>.TryParse(id, null, out var holdId))
        {
            return missing.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var released = await connection.FirstOrDefaultAsync(
            $"""
            update ingest.legal_hold
            set released_at = {time.GetUtcNow()}, released_by = {caller.KeyId?.ToString() ?? "service"},
                release_reason = {request.Reason}, names = null
            where id = {holdId} and released_at is null
            returning id, subject, subject_id, names, reason, created_by, created_at, released_by, released_at,
                      release_reason
            """,
            row => HoldObject.Read(row, secrets),
            cancellationToken);
        return released is null ? missing.ToResult() : TypedResults.Ok(released);
    }

    internal sealed record Request(string? Reason = null);
}
