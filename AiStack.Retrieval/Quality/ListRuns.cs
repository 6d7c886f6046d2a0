using AiStack.Contracts;
using AiStack.Contracts.Quality;
using AiStack.Retrieval.Privacy;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Retrieval.Quality;

/// <summary>Lists a store's runs, of one status if asked.</summary>
internal static class ListRuns
{
    private static readonly string[] _statuses =
        ["passed", "warned", "quarantined", "releasing", "released", "superseded"];

    public static async Task<IResult> HandleAsync(
        string id, [AsParameters] PageQuery query, Caller caller, NpgsqlDataSource database,
        StandInKeys keys, CancellationToken cancellationToken, string? status = null)
    {
        if (status is not null && !_statuses.Contains(status))
        {
            return new Fault(
                FaultCode.InvalidArgument, $"'status' must be one of: {string.Join(", ", _statuses)}.", "status")
                .ToResult();
        }

        if (!query.Read<QualityRun>(newestFirst: true).TryGet(out var page, out var fault))
        {
            return fault.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (!(await StoreRows.FindAsync(connection, id, cancellationToken)).TryGet(out var store, out fault))
        {
            return fault.ToResult();
        }

        var runs = await RunObject.ListAsync(
            connection, store, Sight.Of(caller), null, status, page.NewerThan, page.OlderThan, page.Direction,
            page.Rows, keys.Of(caller.ProjectId), cancellationToken);
        return TypedResults.Ok(page.Of(runs, run => run.Id.ToString()));
    }
}

/// <summary>Gets one run, with OpenLineage's facet of what was found.</summary>
internal static class GetRun
{
    public static async Task<IResult> HandleAsync(
        string id, string runId, Caller caller, NpgsqlDataSource database, StandInKeys keys,
        CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var found = await RunObject.FindAsync(
            connection, id, runId, Sight.Of(caller), keys.Of(caller.ProjectId), cancellationToken);
        return found.TryGet(out var run, out var fault)
            ? TypedResults.Ok(new Response(
                run,
                new Dictionary<string, DataQualityAssertions>
                {
                    [DataQualityAssertions.FacetName] = run.ToAssertions(),
                }))
            : fault.ToResult();
    }

    /// <param name="InputFacets">As an event of OpenLineage carries them with the dataset.</param>
    internal sealed record Response(RunObject Run, IReadOnlyDictionary<string, DataQualityAssertions> InputFacets);
}
