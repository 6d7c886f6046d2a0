using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Serving.Requests;
using Npgsql;

namespace AiStack.Serving.Registry;

/// <summary>Tells what answered for an alias, the newest change first; or what answered at an instant.</summary>
internal static class GetHistory
{
    /// <param name="at">Unix seconds: only the change that counted then.</param>
    /// <param name="before">The changes before this number.</param>
    public static async Task<IResult> HandleAsync(
        string alias,
        double? at,
        int? before,
        int? limit,
        Caller caller,
        NpgsqlDataSource database,
        CancellationToken cancellationToken)
    {
        if (PageQuery.CheckLimit(limit) is { } wrong)
        {
            return wrong.ToResult();
        }

        if (at is < 0 or > 32_503_680_000 || double.IsNaN(at ?? 0))
        {
            return RequestChecks.Invalid("'at' must be a time in Unix seconds.", "at").ToResult();
        }

        var instant = at is { } seconds ? DateTimeOffset.UnixEpoch.AddSeconds(seconds) : (DateTimeOffset?)null;
        var rows = at is null ? limit ?? PageQuery.DefaultLimit : 1;
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var changes = await RouteRows.HistoryAsync(connection, alias, before, instant, rows, cancellationToken);
        return changes.Count == 0 && at is null && before is null
            ? RegistryEndpoints.NoAlias(alias).ToResult()
            : TypedResults.Ok(new History(changes));
    }

    internal sealed record History(IReadOnlyList<RouteObject> Data)
    {
        public string Object { get; } = "list";
    }
}
