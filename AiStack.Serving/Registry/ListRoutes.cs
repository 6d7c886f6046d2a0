using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace AiStack.Serving.Registry;

/// <summary>Lists what answers for each alias now and how it fares, and every version that is registered.</summary>
internal static class ListRoutes
{
    public static async Task<Ok<RegistryObject>> HandleAsync(
        Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var live = await RouteRows.LiveAsync(connection, null, cancellationToken);
        return TypedResults.Ok(new RegistryObject(
            live,
            await connection.ListAsync(
                ModelVersionObject.Select(null, null), ModelVersionObject.Read, cancellationToken),
            await VersionFigures.ReadAsync(connection, live, cancellationToken)));
    }

    internal sealed record RegistryObject(
        IReadOnlyList<RouteObject> Aliases,
        IReadOnlyList<ModelVersionObject> Versions,
        IReadOnlyList<VersionFigures> Figures)
    {
        public string Object { get; } = "model.registry";
    }
}
