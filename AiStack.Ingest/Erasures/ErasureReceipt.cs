using AiStack.Contracts;
using AiStack.Ingest.Receipts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Erasures;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Ingest.Erasures;

/// <summary>What a receipt says. It is no copy of what was erased: people are keyed hashes.</summary>
internal sealed record ErasureReceipt(
    Id<Erasure> ErasureId, Id<Project> ProjectId, ErasureCriteria Criteria, IReadOnlyList<string> NameHashes,
    string Reason, string RequestedBy, DateTimeOffset RequestedAt, DateTimeOffset CompletedAt,
    IReadOnlyList<ErasureCount> Counts, long Erased, long Held, IReadOnlyList<string> Remaining)
{
    public int Version { get; } = 1;

    // What no statement of ours reaches.
    private static readonly string[] _remaining =
    [
        "Backups of the database and of the blob store, until they expire by the operator's own rule.",
        "Postgres keeps deleted rows on disk until vacuum and its write-ahead log has passed.",
        "What left this installation before: exported lineage, traces of development, answers that clients keep.",
        "Rows counted as remaining: settings, unreadable files and sources that people look at.",
    ];

    public static ErasureReceipt Of(Id<Project> project, ErasureObject erasure, DateTimeOffset now) => new(
        erasure.Id, project, erasure.Criteria, erasure.NameHashes, erasure.Reason, erasure.RequestedBy,
        DateTimeOffset.FromUnixTimeSeconds(erasure.CreatedAt), now, erasure.Counts,
        erasure.Counts.Sum(count => count.Erased), erasure.Counts.Sum(count => count.Held), _remaining);
}

/// <summary>Gets the signed receipt of an erasure that is done.</summary>
internal static class GetReceipt
{
    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, ReceiptKeys keys, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (!Id<Erasure>.TryParse(id, null, out var erasureId)
            || await connection.FirstOrDefaultAsync(
                $"select receipt from ingest.erasure where id = {erasureId} and receipt is not null",
                row => row.GetString(0),
                cancellationToken) is not { } jws)
        {
            return new Fault(
                FaultCode.NotFound, $"There is no receipt of an erasure '{id}': a receipt is signed when it is done.",
                "id").ToResult();
        }

        return TypedResults.Ok(new { Object = "erasure.receipt", Jws = jws, Receipt = await keys.VerifyAsync(jws) });
    }
}

/// <summary>Says whether a receipt was signed here as it stands, and what it says.</summary>
internal static class VerifyReceipt
{
    private const int MaxLength = 1 << 20;

    public static async Task<IResult> HandleAsync(Request request, ReceiptKeys keys)
    {
        if (request.Jws is not { Length: > 0 and <= MaxLength } jws)
        {
            return new Fault(
                FaultCode.InvalidArgument, $"'jws' must be a receipt of at most {MaxLength} characters.", "jws")
                .ToResult();
        }

        var receipt = await keys.VerifyAsync(jws);
        return TypedResults.Ok(
            new { Object = "erasure.receipt.verification", Valid = receipt is not null, Receipt = receipt });
    }

    internal sealed record Request(string? Jws = null);
}
