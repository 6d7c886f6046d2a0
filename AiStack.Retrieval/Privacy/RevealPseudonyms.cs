using System.Text.Json.Serialization;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Retrieval.Privacy;

/// <summary>
/// Gives the values that stand-ins stand for. Who asks, when, why and for which is recorded and committed before
/// anything is answered: an answer that is lost on the way was given all the same.
/// </summary>
internal static class RevealPseudonyms
{
    public const int MaxTextLength = 100_000;
    public const int MaxStandIns = 500;
    public const int MaxReasonLength = 1_000;

    public static async Task<IResult> HandleAsync(
        Request request, Caller caller, NpgsqlDataSource database, PseudonymRows rows, TimeProvider time,
        HttpResponse response, CancellationToken cancellationToken)
    {
        response.Headers.CacheControl = "no-store";
        var outcome = await RunAsync(request, caller, database, rows, time, cancellationToken);
        return outcome.TryGet(out var revealed, out var fault) ? TypedResults.Ok(revealed) : fault.ToResult();
    }

    internal static async Task<Outcome<Revealed>> RunAsync(
        Request request, Caller caller, NpgsqlDataSource database, PseudonymRows rows, TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (Check(request) is { } wrong)
        {
            return wrong;
        }

        var asked = request.StandIns?.Select(each => each.Trim()).Distinct(StringComparer.Ordinal).ToList()
            ?? StandInText.In(request.Text!);
        if (asked.Count > MaxStandIns)
        {
            return new Fault(
                FaultCode.InvalidArgument, $"At most {MaxStandIns} stand-ins are revealed at once; divide the text.",
                "text");
        }

        return await database.InTransactionAsync(
            caller.ProjectId,
            connection => RunAsync(connection, request, asked, caller, rows, time.GetUtcNow(), cancellationToken),
            cancellationToken);
    }

    private static async Task<Outcome<Revealed>> RunAsync(
        NpgsqlConnection connection, Request request, List<string> asked, Caller caller, PseudonymRows rows,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        var found = await rows.ReadAsync(connection, asked, cancellationToken);
        var known = found.FindAll(each => each.Value is not null);
        var byStandIn = known.ToLookup(each => each.StandIn, StringComparer.Ordinal);
        string[] told = [.. asked.Where(byStandIn.Contains)];
        var id = Id<Reveal>.New();
        await connection.ExecuteAsync(
            $"""
            insert into retrieval.reveal (id, project_id, key_id, principals, reason, asked, stand_ins, created_at)
            values ({id}, {caller.ProjectId}, {caller.KeyId?.Value}::uuid, {caller.KeptPrincipals()}::text[],
                    {request.Reason!}, {asked.Count}, {told}, {now})
            """, cancellationToken);

        if (known.Count == 0 && found.Count > 0)
        {
            return new Fault(
                FaultCode.Conflict,
                "What these stand for was sealed with another key than the services have now. It cannot be opened "
                + "without that; where stores have their privacy set again, their files get stand-ins anew.");
        }

        var only = told.Where(each => byStandIn[each].Count() == 1)
            .ToDictionary(each => each, each => byStandIn[each].First().Value!, StringComparer.Ordinal);
        return new Revealed(
            id,
            request.Text is null ? null : StandInText.Reveal(request.Text, only),
            [
                .. told.Select(each => new Revealed.Entry(
                    each, byStandIn[each].First().Kind, [.. byStandIn[each].Select(one => one.Value!)])),
            ],
            request.StandIns is null ? [] : [.. asked.Except(told)]);
    }

    private static Fault? Check(Request request) => request switch
    {
        { Reason: null or { Length: > MaxReasonLength } } => NoReason(),
        { Text: null, StandIns: null } or { Text: not null, StandIns: not null } => new(
            FaultCode.InvalidArgument, "Give either 'text' or 'stand_ins'.", "text"),
        { Text.Length: > MaxTextLength } => new(
            FaultCode.InvalidArgument, $"'text' may have at most {MaxTextLength} characters.", "text"),
        { StandIns: { } given } when given.Count is 0 or > MaxStandIns || given.Any(string.IsNullOrWhiteSpace) => new(
            FaultCode.InvalidArgument, $"'stand_ins' must name 1 to {MaxStandIns}, none of them empty.", "stand_ins"),
        _ => string.IsNullOrWhiteSpace(request.Reason) ? NoReason() : null,
    };

    private static Fault NoReason() => new(
        FaultCode.InvalidArgument, $"'reason' must say why, in 1 to {MaxReasonLength} characters.", "reason");

    /// <param name="Text">A text with stand-ins; or <paramref name="StandIns"/>.</param>
    /// <param name="StandIns">Some of them by themselves.</param>
    /// <param name="Reason">Why, for whoever asks later.</param>
    internal sealed record Request(
        string? Text = null, IReadOnlyList<string>? StandIns = null, string? Reason = null);

    /// <param name="Text">The text with the values; where several values have one stand-in, it stays.</param>
    /// <param name="Unknown">Those that were named and stand for nothing.</param>
    internal sealed record Revealed(
        Id<Reveal> Id,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Text,
        IReadOnlyList<Revealed.Entry> Data,
        IReadOnlyList<string> Unknown)
    {
        public string Object { get; } = "pseudonym.reveal";

        /// <param name="Values">As they were written; several where a short stand-in is that of several.</param>
        internal sealed record Entry(string StandIn, string Kind, IReadOnlyList<string> Values);
    }
}
