using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Ingest.Files;

/// <summary>
/// To a caller who asks for somebody, a file is not there that is in stores for others only, nor a superseded one that
/// is in none: no more of it is read by its id than is found by a search (docs/principals.md).
/// </summary>
internal static class FilesInSight
{
    /// <param name="notFound">What the endpoint says of a file that is not there: of one for others it says the same.
    /// </param>
    public static RouteHandlerBuilder OnlyInSight(this RouteHandlerBuilder endpoint, Func<string, Fault> notFound) =>
        endpoint.AddEndpointFilter((context, next) => FilterAsync(context, next, notFound));

    private static async ValueTask<object?> FilterAsync(
        EndpointFilterInvocationContext context, EndpointFilterDelegate next, Func<string, Fault> notFound)
    {
        var http = context.HttpContext;
        var id = http.GetRouteValue("id") as string;
        return Caller.From(http.User) is { Principals: not null } caller
            && Id<StoredFile>.TryParse(id, null, out var fileId)
            && await IsForOthersAsync(
                http.RequestServices.GetRequiredService<NpgsqlDataSource>(), caller, fileId, http.RequestAborted)
                ? notFound(id!).ToResult()
                : await next(context);
    }

    private static async Task<bool> IsForOthersAsync(
        NpgsqlDataSource database, Caller caller, Id<StoredFile> fileId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        return await connection.FirstOrDefaultAsync(
            $"select ingest.is_for_others({fileId}, {caller.PrincipalNames()})",
            row => row.GetBoolean(0),
            cancellationToken);
    }
}
