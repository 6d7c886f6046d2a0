using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Ingest.Files;

/// <summary>
/// To a caller who asks for somebody, a file is not there that is in stores for others only: no more of it is read by
/// its id than is found by a search (docs/principals.md).
/// </summary>
internal static class FilesInSight
{
    public static RouteHandlerBuilder OnlyInSight(this RouteHandlerBuilder endpoint) =>
        endpoint.AddEndpointFilter(FilterAsync);

    private static async ValueTask<object?> FilterAsync(
        EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var id = http.GetRouteValue("id") as string;
        return Caller.From(http.User) is { Principals: not null } caller
            && Id<StoredFile>.TryParse(id, null, out var fileId)
            && await IsForOthersAsync(
                http.RequestServices.GetRequiredService<NpgsqlDataSource>(), caller, fileId, http.RequestAborted)
                ? FileEndpoints.NotFound(id!).ToResult()
                : await next(context);
    }

    private static async Task<bool> IsForOthersAsync(
        NpgsqlDataSource database, Caller caller, Id<StoredFile> fileId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        return await connection.FirstOrDefaultAsync(
            $"""
            select coalesce(bool_and(not coalesce(principals && {caller.PrincipalNames()}, true)), false)
            from retrieval.published_store_file
            where file_id = {fileId}
            """,
            row => row.GetBoolean(0),
            cancellationToken);
    }
}
